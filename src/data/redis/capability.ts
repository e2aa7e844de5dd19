/** Redis: the capability for toolsets. */

/** Two spaces share no key. */
type RedisSpace = 'cache' | 'responses'

/** Redis as one caller sees it: only the caller's own keys. Errors are `RowgateError`s. */
export interface Redis {
  space(name: RedisSpace): KeyValue
}

/** Any text may be a key. Every verb is one round trip, and atomic. */
export interface KeyValue {
  get(key: string): Promise<{ readonly value: string; readonly ttlMs: number } | undefined>
  /** `ttlMs` is a whole number of milliseconds, at most 30 days. */
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Returns whether the key existed. */
  delete(key: string): Promise<boolean>
  /** Counts from 1, and extends the lifetime. A count beyond 2^53 is text. */
  increment(key: string, ttlMs: number): Promise<number | string>
  /** The number of the caller's keys in this space, and the server's version if it tells. */
  stats(): Promise<{ readonly keys: number; readonly version: string }>
}
