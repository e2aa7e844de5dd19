/** Input and output schemas of the people tools. */

import * as z from 'zod'
import { idempotencyKey } from '../../toolkit/idempotency-key.ts'
import { listOutput } from '../../toolkit/page.ts'

export const PAGE_MAX_PEOPLE = 100
const PAGE_DEFAULT_PEOPLE = 20
/** Deep pages are costly; a narrower query is cheaper. */
const SKIP_MAX = 10_000
/** In bytes of JSON: some pages of text about one person. */
export const METADATA_MAX_BYTES = 16_384

/** An object in MongoDB's query language, which the connector checks, not this schema. */
function object(description: string) {
  return z
    .unknown()
    .refine(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'must be an object',
    )
    .meta({ type: 'object', description })
}

const query = object(
  'A MongoDB filter, such as {"metadata.city":"Oslo","created_at":{"$gte":"2026-01-01"}}. Dates are ISO 8601 or {"$date":"…"}.',
).optional()

export const createUserInput = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('1 to 200 characters'),
  email: z
    .email('must be an e-mail address')
    .max(254)
    .toLowerCase()
    .describe('Unique among your people, in any case'),
  metadata: object('Anything else about the person, as JSON, up to 16 KiB').optional(),
  idempotency_key: idempotencyKey,
})

export const findUsersInput = z.strictObject({
  query,
  sort: object('Fields with 1 or -1, such as {"name":1}; default newest first').optional(),
  projection: object('Fields with 1 to have only them, or with 0 to leave them out').optional(),
  limit: z.int().min(1).max(PAGE_MAX_PEOPLE).default(PAGE_DEFAULT_PEOPLE).describe('People a page, 1 to 100'),
  skip: z.int().min(0).max(SKIP_MAX).default(0).describe('People to pass over, for the next page'),
})

export const aggregateInput = z.strictObject({
  query,
  pipeline: z
    .array(z.unknown())
    .optional()
    .describe(
      'Aggregation stages, such as [{"$group":{"_id":"$metadata.city","people":{"$sum":1}}}]; without it: how many, their fields, the oldest and the newest',
    ),
})

export const personOutput = z.object({
  _id: z.string(),
  name: z.string(),
  email: z.string(),
  created_at: z.string(),
  metadata: z.record(z.string(), z.unknown()),
})

export const documentsOutput = listOutput.extend({
  columns: z.array(z.string()).describe('Every field of some document'),
  rows: z.array(z.array(z.unknown())).describe('One a document; null where it has no such field'),
})

export type CreateUser = z.output<typeof createUserInput>
export type FindUsers = z.output<typeof findUsersInput>
export type AggregateUsers = z.output<typeof aggregateInput>
export type Person = z.output<typeof personOutput>
export type PeoplePage = z.output<typeof documentsOutput>
