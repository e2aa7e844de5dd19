/** What a toolset may ask of Redis. */

/** Two spaces share no key. */
type RedisSpace = 'cache' | 'responses'

/** Redis as one caller sees it: their own keys and no others. Errors are `RowgateError`s. */
export interface Redis {
  space(name: RedisSpace): KeyValue
}

/** Any text may be a key. Every verb is one round trip, and happens whole or not at all. */
export interface KeyValue {
  get(key: string): Promise<{ readonly value: string; readonly ttlMs: number } | undefined>
  /** `ttlMs` is a whole number of milliseconds, at most 30 days. */
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Whether there was such a key. */
  delete(key: string): Promise<boolean>
  /** Counts from 1, and keeps the count for this much longer. Beyond 2^53 it is text. */
  increment(key: string, ttlMs: number): Promise<number | string>
  /** How many keys the caller has here, and the server's version where it says. */
  stats(): Promise<{ readonly keys: number; readonly version: string }>
}
