/** Redis as the response cache's store, in a key space that no caller owns and no tool can reach. */

import type { CacheStore } from '../../infra/cache/cache.ts'
import type { CallScope, Open } from '../connections.ts'

/** One call's store: a connection per group, and a read needs one group only. */
export function redisCacheStore(open: Open<'redis'>, call: CallScope): CacheStore {
  const spaces = new Map<string, ReturnType<ReturnType<Open<'redis'>>['space']>>()

  function spaceOf(group: string) {
    const known = spaces.get(group)
    if (known !== undefined) return known
    // No caller has an empty user id, and the space is not the one of the tools.
    const made = open({ tenantId: group, userId: '', scopes: new Set() }, call).space('responses')
    spaces.set(group, made)
    return made
  }

  return {
    get: async (group, name) => (await spaceOf(group).get(name))?.value,
    set: (group, name, value, ttlMs) => spaceOf(group).set(name, value, ttlMs),
  }
}
