/** Verifies a bearer token: issuer, key, signature, claims. `bearer.ts` turns the verdict into HTTP. */

import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose'
import type { Caller } from '../../infra/caller.ts'
import { type Config, ConfigError } from '../../infra/config/settings.ts'
import { isLocalhost } from '../localhost.ts'
import { callerOf, tenantClaimIn } from './claims.ts'
import { consoleClientId } from './console-client-id.ts'
import { IssuerUnavailable } from './discovery.ts'
import { OUTAGE_COOLDOWN_MS, type RemoteKeysOptions, remoteKeys } from './jwks.ts'
import { checkJwt, claimsOf, MAX_TOKEN_LENGTH, type Trust } from './jwt.ts'
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
  verify(token: string, requestUrl: string): Promise<TokenVerdict>
}

export interface VerifierEnvironment extends Pick<RemoteKeysOptions, 'fetch' | 'now' | 'onOutage'> {
  /** Called once for a token that names a tenant in a claim that no setting says to read. */
  readonly onUnreadTenant?: (claim: string) => void
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
    trusted.set(LOCAL_ISSUER, {
      issuer: LOCAL_ISSUER,
      audience: LOCAL_ISSUER,
      keys: localKeys(config.LOCAL_JWKS),
    })
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
    issuer,
    audience,
    keys: remoteKeys({ issuer, jwksUrl: config.AUTH_JWKS_URL, ...env }),
  })
}

function invalid(description: string): TokenVerdict {
  return { kind: 'invalid', description }
}

/** `kept`: names of further claims that a caller keeps. */
export function createVerifier(
  config: Config,
  env: VerifierEnvironment,
  kept: readonly string[] = [],
): Verifier {
  const trusted = trustedIssuers(config, env)
  const cache = createTokenCache()
  const prefix = scopePrefix(config.AUTH_SCOPE_PREFIX)
  // A token is verified once for all hosts, so the host of a request does not say which client it is.
  const { PUBLIC_URL: publicUrl, CONSOLE_CLIENT_ID } = config
  const consoleClient = publicUrl === undefined ? CONSOLE_CLIENT_ID : consoleClientId(config, publicUrl)
  const refusesUnread = config.AUTH_TENANTS === 'several'
  let hasWarned = false

  /** A sentence that refuses a token whose tenant would go unread. */
  function unreadTenant(claims: Readonly<Record<string, unknown>>): string | undefined {
    if (config.AUTH_TENANT_CLAIM !== undefined || (hasWarned && !refusesUnread)) return undefined
    const claim = tenantClaimIn(claims, kept)
    if (claim === undefined) return undefined
    if (!hasWarned) env.onUnreadTenant?.(claim)
    hasWarned = true
    if (!refusesUnread) return undefined
    return 'The token names a tenant, and the endpoint is not told which claim to read: its operator has to set AUTH_TENANT_CLAIM'
  }

  async function verify(token: string): Promise<TokenVerdict> {
    if (token.length > MAX_TOKEN_LENGTH) return invalid('The token is too long')
    const issuer = claimsOf(token)?.iss
    if (issuer === undefined) return invalid('The token is not a JWT that names its issuer')
    const trust = trusted.get(issuer)
    if (trust === undefined) return invalid('The token is of an issuer that is not accepted here (iss)')
    try {
      const jwt = await checkJwt(token, trust, env.now())
      if ('problem' in jwt) return invalid(jwt.problem)
      const unread = unreadTenant(jwt.payload)
      if (unread !== undefined) return invalid(unread)
      const verdict = callerOf(jwt.payload, {
        tenantClaim: config.AUTH_TENANT_CLAIM,
        ...{ kept, prefix, consoleClient },
      })
      if ('problem' in verdict) return invalid(verdict.problem)
      const expiresAt = (jwt.payload.exp ?? 0) * 1000
      return { kind: 'verified', caller: cache.put(token, verdict.caller, expiresAt, env.now()) }
    } catch (error) {
      if (!(error instanceof IssuerUnavailable)) throw error
      return { kind: 'unavailable', retryAfterSeconds: OUTAGE_COOLDOWN_MS / 1000 }
    }
  }

  return { cached: (token) => cache.get(token, env.now()), verify }
}
