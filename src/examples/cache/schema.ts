/** Input and output schemas of the cache tools. */

import * as z from 'zod'

export const KEY_MAX_CHARACTERS = 512
/** 30 days. */
export const TTL_MAX_SECONDS = 2_592_000
const TTL_DEFAULT_SECONDS = 3_600
/** 256 KiB: about a hundred pages of text, far below the limit of a response. */
export const VALUE_MAX_BYTES = 262_144

const key = z
  .string()
  .min(1)
  .max(KEY_MAX_CHARACTERS)
  .describe("The entry's name, 1 to 512 characters of any kind; yours alone")

export const cacheDataInput = z.strictObject({
  key,
  value: z
    .unknown()
    .refine((value) => value !== undefined, 'must be given')
    .describe('Any JSON value, up to 256 KiB as text'),
  ttl_seconds: z
    .int()
    .min(1)
    .max(TTL_MAX_SECONDS)
    .default(TTL_DEFAULT_SECONDS)
    .describe('How long to keep it, up to 30 days'),
})

export const keyInput = z.strictObject({ key })
export const statsInput = z.strictObject({})

export const cachedOutput = z.object({
  key: z.string(),
  ttl_seconds: z.int(),
  size_bytes: z.int().describe('The value as JSON in UTF-8'),
})

export const entryOutput = z.object({
  key: z.string(),
  found: z.boolean(),
  value: z.unknown().optional().describe('There when found'),
  ttl_seconds: z.int().optional().describe('What is left of its time, rounded up; there when found'),
})

export const deletedOutput = z.object({
  key: z.string(),
  deleted: z.boolean().describe('false when there was no such entry'),
})

export const statsOutput = z.object({
  keys: z.int().describe('Your entries that have not expired'),
  redis_version: z.string().nullable().describe('null where the server does not say'),
  limits: z.object({ key_characters: z.int(), value_bytes: z.int(), ttl_seconds: z.int() }),
})

export type CacheData = z.output<typeof cacheDataInput>
export type Cached = z.output<typeof cachedOutput>
export type Entry = z.output<typeof entryOutput>
export type Stats = z.output<typeof statsOutput>
