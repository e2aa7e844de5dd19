/** Verifies a bearer token: issuer, key, signature, claims. `bearer.ts` turns the verdict into HTTP. */

import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import type { Caller } from '../../infra/caller.ts'
import { type Config, ConfigError } from '../../infra/config/settings.ts'
import { isLocalhost } from '../localhost.ts'
import { callerOf } from './claims.ts'
import { IssuerUnavailable } from './discovery.ts'
import { OUTAGE_COOLDOWN_MS, type RemoteKeysOptions, remoteKeys } from './jwks.ts'
import { LOCAL_ISSUER } from './local-issuer.ts'
import { scopePrefix } from './scope-prefix.ts'
import { createTokenCache } from './token-cache.ts'

export type TokenVerdict =
  | { readonly kind: 'verified'; readonly caller: Caller }
  /** `description` is our own text without any of the token's contents. */
  | { readonly kind: 'invalid'; readonly description: string }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }

export interface Verifier {
  /** The caller of a token verified recently, from the cache; the same object each time. */
  cached(token: string): Caller | undefined
  verify(token: string): Promise<TokenVerdict>
}

export type VerifierEnvironment = Pick<RemoteKeysOptions, 'fetch' | 'now' | 'onOutage'>

/** Asymmetric algorithms only: with a shared secret (HS256) whoever verifies tokens could also make them. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** Tolerated clock difference to the issuer, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** In characters: twice the size of tokens that list groups. Bounds what is decoded and cached. */
const MAX_TOKEN_LENGTH = 8_192

interface Trust {
  readonly audience: string
  readonly keys: JWTVerifyGetKey
}

function localKeys(text: string): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(JSON.parse(text))
  } catch (cause) {
    throw new ConfigError('LOCAL_JWKS is wrong: it must be the JSON of a key set with public keys.', {
      cause,
    })
  }
}

/** Keys fetched over http could be replaced on the way. Loopback needs no TLS. */
function requireHttps(variable: string, url: string | undefined): void {
  if (url === undefined) return
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || isLocalhost(hostname)) return
  throw new ConfigError(`${variable} is wrong: outside development it must begin with https.`)
}

/** Throws `ConfigError` if the settings leave the audience or the transport unchecked. */
function trustedIssuers(config: Config, env: VerifierEnvironment): ReadonlyMap<string, Trust> {
  const trusted = new Map<string, Trust>()
  if (config.LOCAL_JWKS !== undefined) {
    if (config.ENVIRONMENT !== 'development') {
      throw new ConfigError(
        'LOCAL_JWKS is set outside development: the local issuer is accepted only with ENVIRONMENT=development.',
      )
    }
    trusted.set(LOCAL_ISSUER, { audience: LOCAL_ISSUER, keys: localKeys(config.LOCAL_JWKS) })
  }
  const issuer = config.AUTH_ISSUER
  if (issuer === undefined) return trusted
  if (config.ENVIRONMENT !== 'development') {
    requireHttps('AUTH_ISSUER', issuer)
    requireHttps('AUTH_JWKS_URL', config.AUTH_JWKS_URL)
  }
  const audience =
    config.AUTH_AUDIENCE ?? (config.PUBLIC_URL && `${config.PUBLIC_URL.replace(/\/+$/, '')}/mcp`)
  if (audience === undefined) {
    throw new ConfigError(
      'AUTH_AUDIENCE is not set: without it, or PUBLIC_URL, any token of the issuer would be accepted.',
    )
  }
  return trusted.set(issuer, {
    audience,
    keys: remoteKeys({ issuer, jwksUrl: config.AUTH_JWKS_URL, ...env }),
  })
}

/** The reason for a refused token: enough to repair the client, without telling the parts of a key apart. */
function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case 'aud':
        return 'The token is not meant for this resource (aud)'
      case 'nbf':
        return 'The token is not valid yet (nbf)'
      case 'exp':
        return 'The token has no usable expiry (exp)'
    }
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'The token names no key of its issuer (kid)'
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'The token is signed with an algorithm that is not allowed'
  return 'The token is malformed or its signature is wrong'
}

function invalid(description: string): TokenVerdict {
  return { kind: 'invalid', description }
}

/** The unverified `iss`, which selects the keys; `undefined` if the token is not an acceptable JWT. */
function claimedIssuer(token: string): string | undefined {
  try {
    // `crit` demands extensions (RFC 7515 §4.1.11); none is supported.
    if (decodeProtectedHeader(token).crit !== undefined) return undefined
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}

export function createVerifier(config: Config, env: VerifierEnvironment): Verifier {
  const trusted = trustedIssuers(config, env)
  const cache = createTokenCache()
  const prefix = scopePrefix(config.AUTH_SCOPE_PREFIX)

  async function verify(token: string): Promise<TokenVerdict> {
    if (token.length > MAX_TOKEN_LENGTH) return invalid('The token is too long')
    const issuer = claimedIssuer(token)
    if (issuer === undefined) return invalid('The token is not a JWT that names its issuer')
    const trust = trusted.get(issuer)
    if (trust === undefined) return invalid('The token is of an issuer that is not accepted here (iss)')
    try {
      const { payload } = await jwtVerify(token, trust.keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience: trust.audience,
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(env.now()),
        requiredClaims: ['exp', 'sub'],
      })
      const verdict = callerOf(payload, config.AUTH_TENANT_CLAIM, prefix)
      if ('problem' in verdict) return invalid(verdict.problem)
      const expiresAt = (payload.exp ?? 0) * 1000
      return { kind: 'verified', caller: cache.put(token, verdict.caller, expiresAt, env.now()) }
    } catch (error) {
      if (!(error instanceof IssuerUnavailable)) return invalid(describe(error))
      return { kind: 'unavailable', retryAfterSeconds: OUTAGE_COOLDOWN_MS / 1000 }
    }
  }

  return { cached: (token) => cache.get(token, env.now()), verify }
}
