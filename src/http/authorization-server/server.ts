/**
 * The authorization server of `npm start`: anybody at this computer logs in as anybody, without a password.
 * For development on localhost only. It keeps nothing but what `grants.ts` remembers.
 */

import { createLocalJWKSet } from 'jose'
import { type Config, ConfigError } from '../../infra/config/settings.ts'
import type { AuthorizationServerOptions, MakeAuthorizationServer } from '../auth/authorization-server.ts'
import { DEFAULT_TENANT } from '../auth/claims.ts'
import { claimsOf } from '../auth/jwt.ts'
import { resourceUrls } from '../auth/protected-resource.ts'
import { GRANT_CLAIM, signAccessToken } from './access-token.ts'
import { json, methodNotAllowed, preflight } from './answers.ts'
import { type AuthorizationEndpoint, showConsent, takeConsent } from './authorize.ts'
import { type Client, register } from './clients.ts'
import type { FormSeal } from './csrf.ts'
import { createGrants } from './grants.ts'
import { metadata, PATHS } from './metadata.ts'
import { revoke } from './revocation.ts'
import { createSealer } from './sealed.ts'
import { readSigningKey } from './signing-key.ts'
import { type RefreshToken, type TokenEndpoint, token } from './token-endpoint.ts'
import { createTokenVerifier } from './verifier.ts'

/** The people of the examples. */
const USERS = ['alice', 'bob']

/** Tokens name the tenant here where no AUTH_TENANT_CLAIM says otherwise, and nobody reads it. */
const UNREAD_TENANT_CLAIM = 'tenant'

/** The settings were checked when they were read; this does not rely on it. */
function checkSettings({ ENVIRONMENT, LOCAL_JWKS, AUTH_ISSUER }: Config): void {
  if (ENVIRONMENT !== 'development' || LOCAL_JWKS === undefined || AUTH_ISSUER !== undefined) {
    throw new ConfigError(
      'LOCAL_ISSUER_KEY is set outside development, without LOCAL_JWKS or beside AUTH_ISSUER: nobody could log in safely.',
    )
  }
}

/** Made once per isolate. */
function createParts({ config, scopes, readingScopes, sourceClaims, now }: AuthorizationServerOptions) {
  const key = readSigningKey(config.LOCAL_ISSUER_KEY ?? '')
  const { resource } = resourceUrls(config)
  const issuer = (requestUrl: string) => new URL(resource(requestUrl)).origin
  const grants = createGrants(now)
  return {
    ...{ key, issuer, resource, grants, now, scopes },
    clients: createSealer<Client>(key.secret, 'client'),
    forms: createSealer<FormSeal>(key.secret, 'consent form'),
    refreshTokens: createSealer<RefreshToken>(key.secret, 'refresh token'),
    verifier: createTokenVerifier({
      ...{ issuer, resource, now, ended: grants.ended, tenantClaim: config.AUTH_TENANT_CLAIM },
      kept: sourceClaims?.all ?? [],
      keys: createLocalJWKSet(JSON.parse(config.LOCAL_JWKS ?? '')),
    }),
    tenantClaims: [config.AUTH_TENANT_CLAIM ?? UNREAD_TENANT_CLAIM, ...(sourceClaims?.tenant ?? [])],
    tenants: config.AUTH_TENANT_CLAIM !== undefined || (sourceClaims?.tenant ?? []).length > 0,
    offered: { scopes, readingScopes, defaultTenant: DEFAULT_TENANT },
    users: USERS,
  }
}

type Parts = ReturnType<typeof createParts>

function tokenEndpoint(parts: Parts, url: string): TokenEndpoint {
  const { clients, refreshTokens, grants, now, key, tenantClaims } = parts
  const issuer = parts.issuer(url)
  return {
    ...{ clients, refreshTokens, grants, now, resource: parts.resource(url) },
    sign: (grant, clientName) =>
      signAccessToken(key, { grant, clientName, issuer, tenantClaims, now: now() }),
  }
}

function authorizationEndpoint(parts: Parts, url: string): AuthorizationEndpoint {
  const { clients, forms, grants, offered, users, tenants } = parts
  return {
    ...{ clients, forms, grants, offered, users, tenants },
    ...{ issuer: parts.issuer(url), resource: parts.resource(url) },
  }
}

/** The grant of a token that this server made for this client. */
async function grantOf(parts: Parts, url: string, text: string, clientId: string) {
  const refreshToken = await parts.refreshTokens.open(text)
  if (refreshToken !== undefined) {
    return refreshToken.grant.clientId === clientId ? refreshToken.grant.id : undefined
  }
  // An access token holds no more of its client than a name, and who holds it may end it.
  return (await parts.clients.open(clientId)) && (await parts.verifier.grantOf(text, url))
}

type Handler = (request: Request) => Promise<Response>

/** By path and method. */
function routesOf(parts: Parts): Readonly<Record<string, Readonly<Record<string, Handler>>>> {
  const { issuer, resource, scopes, clients, grants, now } = parts
  return {
    [PATHS.metadata]: { GET: async ({ url }) => json(metadata(issuer(url), resource(url), scopes)) },
    [PATHS.register]: { POST: (request) => register(request, clients, now()) },
    [PATHS.authorize]: {
      GET: (request) => showConsent(request, authorizationEndpoint(parts, request.url)),
      POST: (request) => takeConsent(request, authorizationEndpoint(parts, request.url)),
    },
    [PATHS.token]: { POST: (request) => token(request, tokenEndpoint(parts, request.url)) },
    [PATHS.revoke]: {
      POST: (request) =>
        revoke(request, { grants, grantOf: (text, client) => grantOf(parts, request.url, text, client) }),
    },
  }
}

export const createAuthorizationServer: MakeAuthorizationServer = (options) => {
  checkSettings(options.config)
  const parts = createParts(options)
  const routes = routesOf(parts)
  return {
    issuer: parts.issuer,
    verifier: parts.verifier.before,
    scopeRefused(token) {
      const grant = claimsOf(token)?.[GRANT_CLAIM]
      if (typeof grant === 'string') parts.grants.needMore(grant)
    },
    fetch(request) {
      const { pathname } = new URL(request.url)
      const methods = routes[pathname]
      if (methods === undefined) return undefined
      const handler = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined
      if (handler !== undefined) return handler(request)
      // The consent page is no page of other origins.
      const isPreflight = request.method === 'OPTIONS' && pathname !== PATHS.authorize
      return Promise.resolve(isPreflight ? preflight() : methodNotAllowed(Object.keys(methods).join(', ')))
    },
  }
}
