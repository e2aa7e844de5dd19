/** From a verified token's claims to the caller. Nothing here checks a signature, an issuer, an audience or a time. */

import type { Caller } from '../../infra/caller.ts'

export type ClaimsVerdict = { readonly caller: Caller } | { readonly fault: string }

/** In UTF-16 units. OpenID Connect Core §2 allows `sub` this many, and our tables hold as many. */
const MAX_IDENTIFIER_LENGTH = 255

const DEFAULT_TENANT = 'default'

/** A string that can be a key in any of our databases: not blank, no control character, no half of a surrogate pair. */
function isIdentifier(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_IDENTIFIER_LENGTH) return false
  return value.trim() !== '' && value.isWellFormed() && !/\p{Cc}/u.test(value)
}

/** `scope` is a space-separated string (RFC 9068 §2.2.3); some issuers say `scp`, as a string or a list. */
function scopesOf(claims: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const granted = claims.scope ?? claims.scp
  const names = typeof granted === 'string' ? granted.split(' ') : Array.isArray(granted) ? granted : []
  return new Set(names.filter((name) => typeof name === 'string' && name !== ''))
}

function clientOf(claims: Readonly<Record<string, unknown>>): Pick<Caller, 'clientId'> {
  const clientId = claims.client_id ?? claims.azp
  return isIdentifier(clientId) ? { clientId } : {}
}

/** `fault` is a sentence for `error_description`: ours, and free of the token's contents. */
export function callerOf(
  claims: Readonly<Record<string, unknown>>,
  tenantClaim: string | undefined,
): ClaimsVerdict {
  if (!isIdentifier(claims.sub)) return { fault: 'The token names no usable subject (sub)' }
  const tenant = tenantClaim === undefined ? DEFAULT_TENANT : claims[tenantClaim]
  if (!isIdentifier(tenant)) return { fault: 'The token lacks the claim that names the tenant' }
  return {
    caller: Object.freeze({
      userId: claims.sub,
      tenantId: tenant,
      scopes: scopesOf(claims),
      ...clientOf(claims),
    }),
  }
}
