/** Remembers which tokens were verified, so that the next request with one costs a look-up and no signature. */

import type { Caller } from '../../infra/caller.ts'

/** How long a verified token is believed without looking again, in milliseconds: how late a withdrawn key is noticed. */
export const REMEMBER_MS = 60_000

/** Tokens kept in each of two generations. With tokens of the largest size this is some 8 MiB of an isolate's 128. */
export const GENERATION_SIZE = 500

interface Entry {
  readonly caller: Caller
  readonly until: number
}

export interface TokenCache {
  /** The caller of a token that is still believed. */
  get(token: string, now: number): Caller | undefined
  /**
   * Believes a token until it expires (milliseconds since the epoch), at most for `REMEMBER_MS`. Returns the caller to
   * use: the one known before, where there is one, because others hang what they know on that object.
   */
  put(token: string, caller: Caller, expiresAt: number, now: number): Caller
  readonly size: number
}

/** Two generations: when the younger is full it becomes the older, and what nobody used since is dropped. */
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
