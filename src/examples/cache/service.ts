/** JSON values in Redis, in the caller's own key space. */

import type { KeyValue } from '../../data/redis/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import {
  type CacheData,
  type Cached,
  type Entry,
  KEY_MAX_CHARACTERS,
  type Stats,
  TTL_MAX_SECONDS,
  VALUE_MAX_BYTES,
} from './schema.ts'

const SECOND_MS = 1_000

/** Sets a value, replacing the key's previous one. */
export async function cacheData(keys: KeyValue, { key, value, ttl_seconds }: CacheData): Promise<Cached> {
  const text = JSON.stringify(value)
  const bytes = new TextEncoder().encode(text).length
  if (bytes > VALUE_MAX_BYTES) {
    throw new RowgateError(
      'VALIDATION_ERROR',
      `\`value\`: may hold up to ${VALUE_MAX_BYTES} bytes of JSON; got ${bytes}. Split it over several keys.`,
    )
  }
  await keys.set(key, text, ttl_seconds * SECOND_MS)
  return { key, ttl_seconds, size_bytes: bytes }
}

export async function getCachedData(keys: KeyValue, key: string): Promise<Entry> {
  const entry = await keys.get(key)
  if (entry === undefined) return { key, found: false }
  return {
    key,
    found: true,
    value: JSON.parse(entry.value),
    ttl_seconds: Math.ceil(entry.ttlMs / SECOND_MS),
  }
}

export async function deleteCachedData(
  keys: KeyValue,
  key: string,
): Promise<{ key: string; deleted: boolean }> {
  return { key, deleted: await keys.delete(key) }
}

/** Shows nothing about the machine, and no counts that include other callers. */
export async function redisStats(keys: KeyValue): Promise<Stats> {
  const { keys: count, version } = await keys.stats()
  return {
    keys: count,
    redis_version: version === '' ? null : version,
    limits: {
      key_characters: KEY_MAX_CHARACTERS,
      value_bytes: VALUE_MAX_BYTES,
      ttl_seconds: TTL_MAX_SECONDS,
    },
  }
}
