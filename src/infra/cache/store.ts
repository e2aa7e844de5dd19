/** Stores entries by name. Names are unique on their own; `group` only keeps related ones together. */
export interface CacheStore {
  get(group: string, name: string): Promise<string | undefined>
  set(group: string, name: string, value: string, ttlMs: number): Promise<void>
}
