/** The response cache's store in Redis, in a key space that no caller owns and no tool can reach. */

import type { CacheStore } from '../../infra/cache/store.ts'
import type { CallScope, Open } from '../call-scope.ts'
import type { KeyValue, Redis } from './capability.ts'

/** One call's store: a connection per group, of which a read needs one. */
export function redisCacheStore(open: Open<Redis>, call: CallScope): CacheStore {
  const spaces = new Map<string, KeyValue>()

  function spaceOf(group: string) {
    const known = spaces.get(group)
    if (known !== undefined) return known
    // No caller has an empty user id, and the space differs from that of the tools.
    const made = open({ tenantId: group, userId: '', scopes: new Set() }, call).space('responses')
    spaces.set(group, made)
    return made
  }

  return {
    get: async (group, name) => (await spaceOf(group).get(name))?.value,
    set: (group, name, value, ttlMs) => spaceOf(group).set(name, value, ttlMs),
  }
}
