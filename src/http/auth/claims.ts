/**
 * Maps a verified token's claims to a `Caller`. Signature, issuer, audience and times were checked before.
 */

import type { Caller } from '../../infra/caller.ts'
import type { ScopePrefix } from './scope-prefix.ts'

export interface ClaimsOptions {
  readonly tenantClaim: string | undefined
  /** Names of further claims that the caller keeps. */
  readonly kept?: readonly string[]
  readonly prefix: ScopePrefix
  /** Undefined where nothing says which client the console is. */
  readonly consoleClient: string | undefined
}

export type ClaimsVerdict = { readonly caller: Caller } | { readonly problem: string }

/** In UTF-16 units: the limit of `sub` in OpenID Connect Core §2, and of our tables' columns. */
const MAX_IDENTIFIER_LENGTH = 255

export const DEFAULT_TENANT = 'default'

/** A string that can be a key in every engine: not blank, no control character, no lone surrogate. */
export function isIdentifier(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_IDENTIFIER_LENGTH) return false
  return value.trim() !== '' && value.isWellFormed() && !/\p{Cc}/u.test(value)
}

/** Claims by which issuers name a tenant, and the last part of such as `https://example.com/tenant`. */
const TENANT_CLAIM = /(?:^|[/:.])(?:tenant|tenant_?id|tid|org|org_?id|organi[sz]ation(?:_?id)?)$/i

/** A claim of the token that names a tenant other than the default, and is not among those that are read. */
export function tenantClaimIn(
  claims: Readonly<Record<string, unknown>>,
  read: readonly string[],
): string | undefined {
  return Object.keys(claims).find(
    (name) => TENANT_CLAIM.test(name) && !read.includes(name) && namesTenant(claims[name]),
  )
}

function namesTenant(value: unknown): boolean {
  return typeof value === 'object' ? value !== null : value !== undefined && value !== DEFAULT_TENANT
}

/** `scope` is a space-separated string (RFC 9068 §2.2.3). Some issuers send `scp`, as a string or a list. */
function scopesOf(claims: Readonly<Record<string, unknown>>, prefix: ScopePrefix): ReadonlySet<string> {
  const granted = claims.scope ?? claims.scp
  const names: unknown[] =
    typeof granted === 'string' ? granted.split(' ') : Array.isArray(granted) ? granted : []
  return new Set(names.flatMap((name) => (typeof name === 'string' && name !== '' ? prefix.plain(name) : [])))
}

function clientOf(
  claims: Readonly<Record<string, unknown>>,
  consoleClient: string | undefined,
): Pick<Caller, 'clientId' | 'isConsole'> {
  const clientId = claims.client_id ?? claims.azp
  if (!isIdentifier(clientId)) return {}
  return clientId === consoleClient ? { clientId, isConsole: true } : { clientId }
}

/** Those that the deployment needs, by the names that it knows. */
function keptOf(claims: Readonly<Record<string, unknown>>, names: readonly string[]): Pick<Caller, 'claims'> {
  const kept = names.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]])
  return kept.length === 0 ? {} : { claims: Object.fromEntries(kept) }
}

/** `problem` is a sentence for `error_description` without any of the token's contents. */
export function callerOf(
  claims: Readonly<Record<string, unknown>>,
  { tenantClaim, kept = [], prefix, consoleClient }: ClaimsOptions,
): ClaimsVerdict {
  if (!isIdentifier(claims.sub)) return { problem: 'The token names no usable subject (sub)' }
  const tenant = tenantClaim === undefined ? DEFAULT_TENANT : claims[tenantClaim]
  if (!isIdentifier(tenant)) return { problem: 'The token lacks the claim that names the tenant' }
  return {
    caller: Object.freeze({
      userId: claims.sub,
      tenantId: tenant,
      scopes: scopesOf(claims, prefix),
      ...clientOf(claims, consoleClient),
      ...keptOf(claims, kept),
    }),
  }
}
