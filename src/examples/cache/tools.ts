/** Toolset cache: JSON values that expire, private to each caller. */

import { CHANGES, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import {
  cacheDataInput,
  cachedOutput,
  deletedOutput,
  entryOutput,
  keyInput,
  statsInput,
  statsOutput,
} from './schema.ts'
import { cacheData, deleteCachedData, getCachedData, redisStats } from './service.ts'

const READ = 'cache:read'
const WRITE = 'cache:write'

export const cache: Toolset = {
  name: 'cache',
  title: 'Cache',
  engine: 'redis',
  tools: [
    tool({
      name: 'cache_data',
      title: 'Keep a value for a while',
      description:
        "Keeps a JSON value under a key of the user's until it expires; a key that exists gets the new value.",
      scope: WRITE,
      annotations: CHANGES,
      input: cacheDataInput,
      output: cachedOutput,
      handler: (input, { connections }) => cacheData(connections.redis.space('cache'), input),
    }),
    tool({
      name: 'get_cached_data',
      title: 'Get a kept value',
      description: 'Returns the value under a key and the seconds that it is still kept, or `found: false`.',
      scope: READ,
      annotations: READS,
      input: keyInput,
      output: entryOutput,
      handler: ({ key }, { connections }) => getCachedData(connections.redis.space('cache'), key),
    }),
    tool({
      name: 'delete_cached_data',
      title: 'Drop a kept value',
      description: 'Drops the value under a key before it expires, and says whether there was one.',
      scope: WRITE,
      annotations: CHANGES,
      input: keyInput,
      output: deletedOutput,
      handler: ({ key }, { connections }) => deleteCachedData(connections.redis.space('cache'), key),
    }),
    tool({
      name: 'redis_stats',
      title: 'About the cache',
      description: 'Reports how many entries the user has, the limits, and the version of Redis.',
      scope: READ,
      annotations: READS,
      input: statsInput,
      output: statsOutput,
      handler: (_, { connections }) => redisStats(connections.redis.space('cache')),
    }),
  ],
}
