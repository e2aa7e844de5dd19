/** Redis as an engine: the toolset's keys, and the response cache. */

import type { Engine } from '../engine.ts'
import { PROBE_CALLER } from '../engine.ts'
import { redisCacheStore } from './cache-store.ts'
import type { Redis } from './capability.ts'
import { createRedis } from './connector.ts'

export const redis: Engine<{ redis: Redis }> = {
  name: 'redis',
  title: 'Redis',
  settings: { redis: 'REDIS_URL' },
  optional: true,
  open({ config: { REDIS_URL: url, REDIS_TOKEN: token } }) {
    if (url === undefined) return undefined
    const open = createRedis({ url, token })
    // A separate circuit breaker: a server too slow for the cache may still do for a tool.
    const openCache = createRedis({ url, token })
    return {
      open: { redis: open },
      probe: (call) => open(PROBE_CALLER, call).space('cache').stats(),
      cacheStore: (call) => redisCacheStore(openCache, call),
    }
  },
}
