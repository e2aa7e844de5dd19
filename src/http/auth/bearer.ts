/**
 * Bearer authentication: admits verified tokens, and tells other clients how to get one (RFC 6750, RFC 9728
 * §5.1).
 */

import type { MiddlewareHandler } from 'hono'
import type { Caller } from '../../infra/caller.ts'
import { errorBody } from '../refusal.ts'
import type { TokenVerdict, Verifier } from './token.ts'

const SERVICE_UNAVAILABLE = 503

export interface BearerVariables {
  caller: Caller
}

export interface BearerOptions {
  readonly verifier: Verifier
  /** The URL of the protected-resource metadata. */
  readonly resourceMetadataUrl: (requestUrl: string) => string
  /** The scopes to ask for, as the issuer names them: the challenge's `scope`. */
  readonly scopes: (requestUrl: string) => readonly string[]
}

/** The content of an Authorization header, unverified. */
type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  /** A bare token without `Bearer` in front. */
  | { readonly kind: 'schemeless' }

/** RFC 6750 §2.1, `b64token`. Repeated headers arrive joined by a comma, which it does not match. */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i
const SCHEMELESS = /^[A-Za-z0-9._~+/-]+=*$/

function readCredentials(authorization: string | null): Credentials {
  if (authorization === null) return { kind: 'none' }
  const token = BEARER.exec(authorization)?.[1]
  if (token !== undefined) return { kind: 'token', token }
  if (/^bearer\b|,/i.test(authorization)) return { kind: 'malformed' }
  return SCHEMELESS.test(authorization) ? { kind: 'schemeless' } : { kind: 'none' }
}

/**
 * Tokens in URLs (RFC 6750 §2.3) end up in logs and histories; MCP forbids them. The name may be
 * percent-encoded.
 */
function carriesTokenInQuery(url: string): boolean {
  const start = url.indexOf('?')
  if (start === -1) return false
  const query = url.slice(start + 1)
  if (!query.includes('access') && !query.includes('%')) return false
  return new URLSearchParams(query).has('access_token')
}

interface Challenge {
  readonly status: 400 | 401 | 403
  readonly error: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  readonly description: string
  /** No error code in the header: the request had no credentials (RFC 6750 §3.1). */
  readonly silent?: boolean
  readonly scopes?: readonly string[]
}

/** The values are our own and hold no quote or backslash, so nothing is escaped. */
function challenge(c: Challenge, metadataUrl: string): Response {
  const parameters = [`resource_metadata="${metadataUrl}"`]
  if (c.silent !== true) parameters.push(`error="${c.error}"`, `error_description="${c.description}"`)
  if (c.scopes !== undefined && c.scopes.length > 0) parameters.push(`scope="${c.scopes.join(' ')}"`)
  return Response.json(
    errorBody(c.status, `${c.description}.`, { error: c.error, error_description: c.description }),
    {
      status: c.status,
      headers: { 'WWW-Authenticate': `Bearer ${parameters.join(', ')}`, 'Cache-Control': 'no-store' },
    },
  )
}

/** 403 with `scopes`, which the client can request from its issuer before it retries. */
export function insufficientScope(metadataUrl: string, scopes: readonly string[]): Response {
  const description = 'The token lacks a scope that this call needs'
  return challenge({ status: 403, error: 'insufficient_scope', description, scopes }, metadataUrl)
}

function unavailable(retryAfterSeconds: number): Response {
  const [error, description] = [
    'temporarily_unavailable',
    'The keys of the token issuer cannot be fetched; try again later',
  ]
  return Response.json(
    errorBody(SERVICE_UNAVAILABLE, `${description}.`, { error, error_description: description }),
    {
      status: SERVICE_UNAVAILABLE,
      headers: { 'Retry-After': String(retryAfterSeconds), 'Cache-Control': 'no-store' },
    },
  )
}

const REQUEST_FAULTS = {
  query: {
    status: 400,
    error: 'invalid_request',
    description: 'A token must be sent in the Authorization header, never in the URL',
  },
  malformed: {
    status: 400,
    error: 'invalid_request',
    description: 'There must be exactly one Authorization header, holding one bearer token',
  },
  schemeless: {
    status: 401,
    error: 'invalid_token',
    description:
      'The Authorization header has a token without its scheme: write Bearer and a blank before it',
  },
  none: {
    status: 401,
    error: 'invalid_token',
    description: 'This resource needs a bearer token',
    silent: true,
  },
} as const satisfies Record<string, Challenge>

/** A cached token is looked up first, before the header is parsed: only verified tokens are in the cache. */
export function bearerAuth(options: BearerOptions): MiddlewareHandler<{ Variables: BearerVariables }> {
  const { verifier, resourceMetadataUrl, scopes } = options

  function refused(verdict: Exclude<TokenVerdict, { kind: 'verified' }>, url: string): Response {
    switch (verdict.kind) {
      case 'unavailable':
        return unavailable(verdict.retryAfterSeconds)
      case 'invalid': {
        const { description } = verdict
        return challenge(
          { status: 401, error: 'invalid_token', description, scopes: scopes(url) },
          resourceMetadataUrl(url),
        )
      }
    }
  }

  return async function bearerAuth(c, next) {
    const url = c.req.url
    if (carriesTokenInQuery(url)) return challenge(REQUEST_FAULTS.query, resourceMetadataUrl(url))
    const authorization = c.req.raw.headers.get('authorization')
    if (authorization?.startsWith('Bearer ')) {
      const caller = verifier.cached(authorization.slice('Bearer '.length))
      if (caller !== undefined) {
        c.set('caller', caller)
        return next()
      }
    }
    const credentials = readCredentials(authorization)
    if (credentials.kind !== 'token') {
      return challenge({ ...REQUEST_FAULTS[credentials.kind], scopes: scopes(url) }, resourceMetadataUrl(url))
    }
    const verdict = await verifier.verify(credentials.token, url)
    if (verdict.kind !== 'verified') return refused(verdict, url)
    c.set('caller', verdict.caller)
    return next()
  }
}
