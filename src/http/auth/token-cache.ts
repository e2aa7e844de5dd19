/** Cache of verified tokens: a request with a known one skips the signature check. */

import type { Caller } from '../../infra/caller.ts'

/** Maximum age in milliseconds. Bounds how long a token signed with a withdrawn key stays accepted. */
export const REMEMBER_MS = 60_000

/** Tokens in each of two generations. At the largest token size about 8 MiB of an isolate's 128. */
export const GENERATION_SIZE = 500

interface Entry {
  readonly caller: Caller
  readonly until: number
}

export interface TokenCache {
  /** The caller of a cached token that is still valid. */
  get(token: string, now: number): Caller | undefined
  /**
   * Caches until `expiresAt` (milliseconds since the epoch), at most for `REMEMBER_MS`. Returns the caller
   * object already cached for this token if there is one: per-caller data is keyed by the object.
   */
  put(token: string, caller: Caller, expiresAt: number, now: number): Caller
  readonly size: number
}

/**
 * Two generations instead of a list in order of use: a full young generation becomes the old one, and old
 * entries not used since are dropped.
 */
export function createTokenCache(): TokenCache {
  let young = new Map<string, Entry>()
  let old = new Map<string, Entry>()

  function keep(token: string, entry: Entry): void {
    if (young.size >= GENERATION_SIZE) {
      old = young
      young = new Map()
    }
    young.set(token, entry)
  }

  return {
    get(token, now) {
      const entry = young.get(token)
      if (entry !== undefined) return now < entry.until ? entry.caller : undefined
      const aged = old.get(token)
      if (aged === undefined || now >= aged.until) return undefined
      keep(token, aged)
      return aged.caller
    },
    put(token, caller, expiresAt, now) {
      const same = (young.get(token) ?? old.get(token))?.caller ?? caller
      keep(token, { caller: same, until: Math.min(expiresAt, now + REMEMBER_MS) })
      return same
    },
    get size() {
      return young.size + old.size
    },
  }
}
