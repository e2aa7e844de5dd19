/**
 * Cache of an issuer's public keys (JWKS): survives an outage, and limits fetches that unknown key ids cause.
 */

import { createLocalJWKSet, errors, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'
import { waitFor } from '../../infra/resilience/timeout.ts'
import { discoverJwksUrl, type Fetch, fetchJson, ISSUER_TIMEOUT_MS, IssuerUnavailable } from './discovery.ts'

/** Age at which keys are fetched again, in milliseconds. Bounds how long a withdrawn key stays accepted. */
const FRESH_MS = 600_000

/** Age up to which keys are used while the issuer is unavailable, in milliseconds. */
const STALE_MS = 3_600_000

/**
 * Minimum time between two fetches for an unknown key id, in milliseconds: anybody can send a token with a
 * made-up one.
 */
const UNKNOWN_KEY_COOLDOWN_MS = 60_000

/**
 * Time without a fetch after a failed one, in milliseconds, so that an outage does not cost each caller a
 * timeout.
 */
export const OUTAGE_COOLDOWN_MS = 10_000

export interface RemoteKeysOptions {
  readonly issuer: string
  /** The JWKS URL; discovered from the issuer if undefined. */
  readonly jwksUrl?: string | undefined
  readonly fetch: Fetch
  readonly now: () => number
  /** Called with the reason why keys could not be fetched: for the log, never for a caller. */
  readonly onOutage?: (cause: unknown) => void
}

interface Refresh {
  readonly startedAt: number
  readonly done: Promise<void>
}

/** A key lookup for jose. Rejects with jose's `JWKSNoMatchingKey` or with `IssuerUnavailable`. */
export function remoteKeys({ issuer, jwksUrl, fetch, now, onOutage }: RemoteKeysOptions): JWTVerifyGetKey {
  let keys: LocalJWKSet | undefined
  let fetchedAt = Number.NEGATIVE_INFINITY
  /**
   * Time of the last fetch if it failed, else undefined. Not compared to `fetchedAt`: the clock may stand
   * still between the two.
   */
  let failedAt: number | undefined
  let unknownKeyAt = Number.NEGATIVE_INFINITY
  let discovered: string | undefined
  let pending: Refresh | undefined

  async function load(): Promise<void> {
    try {
      discovered ??= jwksUrl ?? (await discoverJwksUrl(issuer, fetch))
      // The cast: jose validates the shape itself and throws if it is not a key set.
      keys = createLocalJWKSet(
        (await fetchJson(discovered, fetch)) as Parameters<typeof createLocalJWKSet>[0],
      )
      fetchedAt = now()
      failedAt = undefined
    } catch (cause) {
      failedAt = now()
      discovered = undefined
      onOutage?.(cause)
    } finally {
      pending = undefined
    }
  }

  /** Runs one fetch at a time, and none during the cooldown after a failure. Never rejects. */
  async function refresh(): Promise<void> {
    if (pending !== undefined && now() - pending.startedAt < ISSUER_TIMEOUT_MS) {
      // With a timeout: if the request that fetches is cancelled, its promise never settles.
      return waitFor(pending.done, { ms: ISSUER_TIMEOUT_MS }).catch(() => undefined)
    }
    if (failedAt !== undefined && now() - failedAt < OUTAGE_COOLDOWN_MS) return
    const started: Refresh = { startedAt: now(), done: load() }
    pending = started
    await started.done
  }

  async function current(): Promise<LocalJWKSet> {
    if (now() - fetchedAt >= FRESH_MS) await refresh()
    if (keys === undefined || now() - fetchedAt >= STALE_MS) {
      throw new IssuerUnavailable("the issuer's keys cannot be fetched")
    }
    return keys
  }

  /** Fetches again for an unknown key id, unless its cooldown is running. */
  async function refetchForUnknownKey(): Promise<void> {
    if (pending === undefined) {
      if (now() - unknownKeyAt < UNKNOWN_KEY_COOLDOWN_MS) return
      unknownKeyAt = now()
    }
    await refresh()
  }

  return async function remoteKeys(header, token) {
    const known = await current()
    try {
      return await known(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    }
    await refetchForUnknownKey()
    const latest = await current()
    // The refetch failed, so the key may be a new one: unavailable, not invalid.
    if (latest === known && failedAt !== undefined) {
      throw new IssuerUnavailable('the keys cannot be fetched again for an unknown key id')
    }
    return latest(header, token)
  }
}
