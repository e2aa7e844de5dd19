/**
 * The platform's Cache API as a store. It exists where the Worker runs on its own domain; each data centre
 * has its own.
 */

import { MS_PER_S } from '../units.ts'
import type { CacheStore } from './store.ts'

/** A named cache, separate from the zone's default one, which any GET reads. */
const CACHE_NAME = 'rowgate'

/** The part of the platform's `caches` that is used (W3C Service Workers §5.5). */
interface CacheStorage {
  open(name: string): Promise<{
    match(url: string): Promise<Response | undefined>
    put(url: string, response: Response): Promise<void>
  }>
}

/**
 * `origin` is the deployment's own, so no other host's entry is ever looked up. Returns undefined without a
 * Cache API.
 */
export function cacheApiStore(origin: string): CacheStore | undefined {
  // workerd has `caches`, Node does not, and TypeScript's library declares neither.
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
