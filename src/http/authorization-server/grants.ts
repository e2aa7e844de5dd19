/**
 * Grants, in the isolate's memory: codes not yet used, refresh tokens that were used, and grants that ended.
 * A restart forgets them.
 */

import { hex } from '../../infra/hash.ts'

/** One person's consent to one client. */
export interface Grant {
  /** Names the grant in its tokens. */
  readonly id: string
  readonly clientId: string
  readonly user: string
  readonly tenant: string
  readonly scopes: readonly string[]
  readonly resource: string
  /** Its code went to the console of this deployment, where no other client gets one. */
  readonly isConsole?: boolean
}

/** The grant behind a code, and what the token request must repeat. */
export interface CodeGrant extends Grant {
  readonly redirectUri: string
  /** S256 of the client's verifier (RFC 7636). */
  readonly challenge: string
}

export type CodeUse =
  | { readonly kind: 'grant'; readonly grant: CodeGrant }
  | { readonly kind: 'unknown' }
  /** Somebody else may have got the code, so the grant has ended (OAuth 2.1 §4.1.3). */
  | { readonly kind: 'used' }

export interface Grants {
  issueCode(grant: CodeGrant): string
  useCode(code: string): CodeUse
  /** Whether this is the newest refresh token of the grant; if an older one is used, the grant ends. */
  useRefresh(grantId: string, number: number): boolean
  /** A call with the grant's token needed a scope that it lacks. */
  needMore(grantId: string): void
  /** Whether that was a moment ago; true once. */
  neededMore(grantId: string): boolean
  end(grantId: string): void
  ended(grantId: string): boolean
}

/** Milliseconds: the client exchanges a code at once. */
export const CODE_MS = 60_000

/** Milliseconds: the lifetime of refresh tokens. A used one and the end of a grant are remembered as long. */
export const REFRESH_MS = 30 * 24 * 3_600_000

/** Milliseconds: a client that is refused for want of a scope refreshes at once, if it does. */
const NEED_MS = 10_000

interface Issued {
  readonly grant: CodeGrant
  readonly until: number
  used: boolean
}

interface Used {
  /** The number that the next refresh token must have; none after the grant's end. */
  readonly next: number | undefined
  readonly until: number
}

export function createGrants(now: () => number): Grants {
  const codes = new Map<string, Issued>()
  const refreshed = new Map<string, Used>()
  const needs = new Map<string, { readonly until: number }>()

  /** Entries are in order of their end, since all of a map live equally long. */
  function forget(map: Map<string, { readonly until: number }>): void {
    for (const [key, { until }] of map) {
      if (until > now()) return
      map.delete(key)
    }
  }

  function note(grantId: string, next: number | undefined): void {
    forget(refreshed)
    refreshed.delete(grantId)
    refreshed.set(grantId, { next, until: now() + REFRESH_MS })
  }

  const grants: Grants = {
    issueCode(grant) {
      forget(codes)
      const code = randomText()
      codes.set(code, { grant, until: now() + CODE_MS, used: false })
      return code
    },
    useCode(code) {
      const issued = codes.get(code)
      if (issued === undefined || issued.until <= now()) return { kind: 'unknown' }
      if (issued.used) {
        grants.end(issued.grant.id)
        return { kind: 'used' }
      }
      issued.used = true
      return { kind: 'grant', grant: issued.grant }
    },
    useRefresh(grantId, number) {
      const used = refreshed.get(grantId)
      // Not known: its first refresh token, or one from before a restart.
      if (used !== undefined && used.next !== number) {
        grants.end(grantId)
        return false
      }
      note(grantId, number + 1)
      return true
    },
    needMore(grantId) {
      forget(needs)
      needs.delete(grantId)
      needs.set(grantId, { until: now() + NEED_MS })
    },
    neededMore(grantId) {
      forget(needs)
      return needs.delete(grantId)
    },
    end: (grantId) => note(grantId, undefined),
    ended(grantId) {
      const used = refreshed.get(grantId)
      return used !== undefined && used.next === undefined
    },
  }
  return grants
}

const RANDOM_BYTES = 32

/** 256 random bits, in hex. */
export function randomText(): string {
  return hex(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))
}
