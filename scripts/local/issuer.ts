/** The local issuer: a key pair on this machine. Only a development endpoint accepts its tokens. */

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { DEFAULT_TENANT } from '../../src/http/auth/claims.ts'
import { LOCAL_ISSUER } from '../../src/http/auth/local-issuer.ts'
import { keptSecret } from './directory.ts'
import { tenantClaimsOf } from './tenant-claim.ts'

const ALGORITHM = 'ES256'

export interface Claims {
  readonly user: string
  readonly scopes: readonly string[]
  readonly ttlSeconds: number
  /** The examples' tenant by default. */
  readonly tenant?: string | undefined
  /** Further claims. */
  readonly claims?: Readonly<Record<string, string>> | undefined
}

export interface LocalIssuer {
  /** The public key set, in the form of `LOCAL_JWKS`. */
  readonly jwks: string
  /** The private key, in the form of `LOCAL_ISSUER_KEY`. */
  readonly privateKey: string
  sign(claims: Claims): Promise<string>
}

/** Generates the key at the first call and stores it in the folder. */
export async function openIssuer(directory: string): Promise<LocalIssuer> {
  const privateKey = await keptSecret(directory, 'issuer.json', makeKey)
  const jwk: JWK = JSON.parse(privateKey)
  const { kty, crv, x, y, kid } = jwk
  const key = await importJWK(jwk, ALGORITHM)
  return {
    privateKey,
    jwks: JSON.stringify({ keys: [{ kty, crv, x, y, kid, alg: ALGORITHM, use: 'sig' }] }),
    async sign({ user, scopes, ttlSeconds, tenant = DEFAULT_TENANT, claims }) {
      const now = Math.floor(Date.now() / 1000)
      // AUTH_TENANT_CLAIM may name a claim that is set below, such as `sub`; then that claim is the tenant.
      const tenants = (await tenantClaimsOf(directory)).map((name) => [name, tenant])
      return await new SignJWT({ ...Object.fromEntries(tenants), ...claims, scope: scopes.join(' ') })
        .setProtectedHeader({ alg: ALGORITHM, kid: kid ?? '' })
        .setIssuer(LOCAL_ISSUER)
        .setAudience(LOCAL_ISSUER)
        .setSubject(user)
        .setIssuedAt(now)
        .setExpirationTime(now + ttlSeconds)
        .sign(key)
    },
  }
}

async function makeKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk) })
}
