/**
 * An issuer's public keys: fetched when needed, kept through an outage, and not fetched again at a stranger's
 * will.
 */

import { createLocalJWKSet, errors, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'
import { waitFor } from '../../infra/resilience/timeout.ts'
import { discoverJwksUrl, type Fetch, fetchJson, ISSUER_TIMEOUT_MS, IssuerUnavailable } from './discovery.ts'

/**
 * How long keys are used before they are fetched again, in milliseconds. Bounds how long a withdrawn key
 * lives on.
 */
const FRESH_MS = 600_000

/**
 * How long keys are used while the issuer cannot be asked, in milliseconds, counted from when they were
 * fetched.
 */
const STALE_MS = 3_600_000

/**
 * Least time between two fetches for an unknown key, in milliseconds: anyone can write a token that names
 * one.
 */
const UNKNOWN_KEY_COOLDOWN_MS = 60_000

/**
 * How long a failed fetch is not repeated, in milliseconds, so that an outage does not cost each caller a
 * timeout.
 */
export const OUTAGE_COOLDOWN_MS = 10_000

export interface RemoteKeysOptions {
  readonly issuer: string
  /** Where the keys are; without it they are discovered from the issuer. */
  readonly jwksUrl?: string | undefined
  readonly fetch: Fetch
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told why keys could not be fetched: for the operator, never for a caller. */
  readonly onOutage?: (cause: unknown) => void
}

interface Refresh {
  readonly startedAt: number
  readonly done: Promise<void>
}

/** Looks up a token's key for jose. Rejects with jose's `JWKSNoMatchingKey`, or with `IssuerUnavailable`. */
export function remoteKeys({ issuer, jwksUrl, fetch, now, onOutage }: RemoteKeysOptions): JWTVerifyGetKey {
  let keys: LocalJWKSet | undefined
  let fetchedAt = Number.NEGATIVE_INFINITY
  /**
   * When the last fetch failed; `undefined` once one has succeeded. A clock that stands still orders nothing.
   */
  let failedAt: number | undefined
  let unknownKeyAt = Number.NEGATIVE_INFINITY
  let discovered: string | undefined
  let pending: Refresh | undefined

  async function load(): Promise<void> {
    try {
      discovered ??= jwksUrl ?? (await discoverJwksUrl(issuer, fetch))
      // jose checks the shape itself and throws for anything that is no key set.
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

  /** One fetch at a time; an outage is remembered for a while. Never rejects. */
  async function refresh(): Promise<void> {
    if (pending !== undefined && now() - pending.startedAt < ISSUER_TIMEOUT_MS) {
      // If the request that fetches is cancelled, its promise never settles.
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
      throw new IssuerUnavailable('the issuer cannot be asked for its keys')
    }
    return keys
  }

  /** Fetches the keys again for one that is not among them, unless the cooldown is running. */
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
    // A key that the issuer could not be asked about is not a wrong key.
    if (latest === known && failedAt !== undefined) {
      throw new IssuerUnavailable('the issuer cannot be asked about an unknown key')
    }
    return latest(header, token)
  }
}
