/** Access tokens: JWTs signed with the local issuer's key (RFC 9068), for this resource alone. */

import { SignJWT } from 'jose'
import { hex, sha256 } from '../../infra/hash.ts'
import { consoleClientId } from '../auth/console-client-id.ts'
import type { Grant } from './grants.ts'
import { ALGORITHM, type SigningKey } from './signing-key.ts'

/** In seconds. The client refreshes it then. */
export const ACCESS_TOKEN_S = 3_600

/** Claim that names the grant, so that its end is the end of its tokens. */
export const GRANT_CLAIM = 'sid'

export interface AccessTokenOptions {
  readonly grant: Grant
  readonly clientName: string
  readonly issuer: string
  /** Claims that name the tenant. */
  readonly tenantClaims: readonly string[]
  /** In milliseconds. */
  readonly now: number
}

export async function signAccessToken(key: SigningKey, options: AccessTokenOptions): Promise<string> {
  const { grant, issuer, tenantClaims } = options
  const issuedAt = Math.floor(options.now / 1000)
  return await new SignJWT({
    ...Object.fromEntries(tenantClaims.map((name) => [name, grant.tenant])),
    scope: grant.scopes.join(' '),
    client_id:
      grant.isConsole === true
        ? consoleClientId({}, issuer)
        : await shortClientId(options.clientName, grant.clientId),
    [GRANT_CLAIM]: grant.id,
  })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(grant.resource)
    .setSubject(grant.user)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_S)
    .sign(await key.privateKey())
}

/** Hex digits of the hash, which tell two clients of one name apart. */
const HASH_DIGITS = 8

/**
 * The client id itself is too long for the audit log, and says nothing to its reader. What stands for it ends
 * in a hash, so no client can be called like the console.
 */
async function shortClientId(name: string, clientId: string): Promise<string> {
  return `${name} (${hex(await sha256(clientId)).slice(0, HASH_DIGITS)})`
}
