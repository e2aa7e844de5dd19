/** The edge in memory, in the order a request meets it, with a handler behind it that says who got through. */

import { Hono } from 'hono'
import { type BearerVariables, bearerAuth, insufficientScope } from '../../src/http/bearer.ts'
import { type BodyVariables, jsonBody } from '../../src/http/body.ts'
import { health } from '../../src/http/health.ts'
import { hostGuard } from '../../src/http/host.ts'
import { postOnly } from '../../src/http/method.ts'
import { originGuard } from '../../src/http/origin.ts'
import { protectedResource, resourceUrls } from '../../src/http/protected-resource.ts'
import { createVerifier } from '../../src/http/token.ts'
import type { Caller } from '../../src/infra/caller.ts'
import { readConfig } from '../../src/infra/config.ts'
import type { Issuer } from './issuer.ts'

/** A clock that a test moves by hand, in milliseconds. */
export class Clock {
  #ms = Date.now()

  readonly now = (): number => this.#ms

  advance(ms: number): void {
    this.#ms += ms
  }
}

export interface Edge {
  /** The callers that got through, oldest first. */
  readonly callers: Caller[]
  readonly clock: Clock
  /** A path is taken from `PUBLIC_URL`'s default. */
  request(path: string | Request, init?: RequestInit): Promise<Response>
  /** POSTs a well-formed call with this token. */
  call(token?: string, headers?: Readonly<Record<string, string>>): Promise<Response>
}

const PUBLIC_URL = 'http://localhost:8787'

export function edge(env: Readonly<Record<string, unknown>>): Edge {
  const config = readConfig({ ENVIRONMENT: 'development', PUBLIC_URL, ...env })
  const clock = new Clock()
  const callers: Caller[] = []
  const development = config.ENVIRONMENT === 'development'
  const { resourceMetadataUrl } = resourceUrls(config)
  const verifier = createVerifier(config, { fetch: (url, init) => fetch(url, init), now: clock.now })
  const app = new Hono<{ Variables: BearerVariables & BodyVariables }>()
  app.use(
    hostGuard({
      allowed: config.ALLOWED_HOSTS,
      publicUrl: config.PUBLIC_URL,
      development,
      localIssuer: config.LOCAL_JWKS !== undefined,
    }),
  )
  app.get('/health', health())
  app.get('/.well-known/oauth-protected-resource/mcp', protectedResource({ config, scopes: ['tasks:read'] }))
  app.use('/mcp', originGuard({ allowed: config.ALLOWED_ORIGINS, development }), postOnly(), jsonBody())
  app.use('/mcp', bearerAuth({ verifier, resourceMetadataUrl }))
  app.post('/mcp', (c) => {
    callers.push(c.var.caller)
    if (!c.var.caller.scopes.has('tasks:read')) {
      return insufficientScope(resourceMetadataUrl(c.req.url), ['tasks:read'])
    }
    return c.json({ body: c.var.body, caller: c.var.caller.userId })
  })
  const request = async (path: string | Request, init?: RequestInit) =>
    await app.request(path instanceof Request || path.startsWith('http') ? path : PUBLIC_URL + path, init)
  return {
    callers,
    clock,
    request,
    call: (token, headers) => {
      const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` }
      return request('/mcp', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...authorization, ...headers },
        body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      })
    },
  }
}

/** The edge in front of one issuer, found by discovery. */
export function edgeOf(issuer: Issuer, env: Readonly<Record<string, unknown>> = {}): Edge {
  return edge({ AUTH_ISSUER: issuer.url, ...env })
}
