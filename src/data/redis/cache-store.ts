/** Redis as the store of cached answers: in names of no caller's, which no tool can reach. */

import type { CacheStore } from '../../infra/cache/cache.ts'
import type { CallScope, Open } from '../connections.ts'

/** One call's store: a connection for each owner, which is one for all that a read asks. */
export function answerStore(open: Open<'redis'>, call: CallScope): CacheStore {
  const spaces = new Map<string, ReturnType<ReturnType<Open<'redis'>>['space']>>()

  function spaceOf(owner: string) {
    const known = spaces.get(owner)
    if (known !== undefined) return known
    // No user is called nothing, so no caller has these names; and the space is another than the tools'.
    const made = open({ tenantId: owner, userId: '', scopes: new Set() }, call).space('answers')
    spaces.set(owner, made)
    return made
  }

  return {
    get: async (owner, name) => (await spaceOf(owner).get(name))?.value,
    set: (owner, name, value, ttlMs) => spaceOf(owner).set(name, value, ttlMs),
  }
}
