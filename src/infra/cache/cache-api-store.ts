/**
 * The platform's Cache API as a store: there wherever the Worker runs on a domain of its own, each data
 * centre's for itself.
 */

import { MS_PER_S } from '../units.ts'
import type { CacheStore } from './cache.ts'

/** A cache of this name is apart from the zone's, which anybody's GET reads. */
const CACHE_NAME = 'rowgate'

/** What is used of the platform's `caches` (W3C Service Workers, §5.5). */
interface CacheStorage {
  open(name: string): Promise<{
    match(url: string): Promise<Response | undefined>
    put(url: string, response: Response): Promise<void>
  }>
}

/**
 * `origin` is one of ours, so that no other's name is ever looked up. Undefined where there is no Cache API.
 */
export function cacheApiStore(origin: string): CacheStore | undefined {
  // workerd has it, Node has not; neither is in the language's own library.
  const caches = Reflect.get(globalThis, 'caches') as CacheStorage | undefined
  if (caches === undefined) return undefined
  const url = (name: string) => new URL(`/.rowgate/responses/${name}`, origin).href

  return {
    async get(_group, name) {
      const cache = await caches.open(CACHE_NAME)
      return (await cache.match(url(name)))?.text()
    },
    async set(_group, name, value, ttlMs) {
      const seconds = Math.max(1, Math.round(ttlMs / MS_PER_S))
      const cache = await caches.open(CACHE_NAME)
      await cache.put(url(name), new Response(value, { headers: { 'Cache-Control': `max-age=${seconds}` } }))
    },
  }
}
