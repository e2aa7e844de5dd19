/** The routes of Rowgate in memory, in front of a protocol stub that records the callers that got through. */

import type { Issuer } from '../../../scripts/check/issuer.ts'
import { createApp } from '../../../src/app.ts'
import { createVerifier } from '../../../src/http/auth/token.ts'
import { createAuthorizationServer } from '../../../src/http/authorization-server/server.ts'
import type { Caller } from '../../../src/infra/caller.ts'
import { readConfig } from '../../../src/infra/config/settings.ts'
import { createLog } from '../../../src/infra/observability/log.ts'

/** A manual clock, in milliseconds. */
class Clock {
  #ms = Date.now()

  readonly now = (): number => this.#ms

  advance(ms: number): void {
    this.#ms += ms
  }
}

export interface HttpApp {
  /** The callers that got through, oldest first. */
  readonly callers: Caller[]
  /** The issuer's failures that were reported to the operator. */
  readonly outages: unknown[]
  /** Claims that name a tenant and are not read, as told to the operator. */
  readonly unreadTenants: string[]
  readonly clock: Clock
  /** A path is relative to the default `PUBLIC_URL`. */
  request(path: string | Request, init?: RequestInit): Promise<Response>
  /** POSTs a valid call with this token. */
  call(token?: string, headers?: Readonly<Record<string, string>>): Promise<Response>
}

/** Options of the development login. */
export const LOGIN_SCOPES = ['admin', 'tasks:read', 'tasks:write']

const PUBLIC_URL = 'http://localhost:4747'

/** Settings that a Worker needs to start, without the issuer's. The routes never reach the database. */
export const SETTINGS = {
  ENVIRONMENT: 'development',
  DATABASE_URL: 'postgres://rowgate_app@127.0.0.1/none',
  // Refuses connections at once. Audit rows of other engines' tools are sent there too.
  DATABASE_FETCH_ENDPOINT: 'http://127.0.0.1:1/sql',
  IDENTITY_KEY: `test:${Buffer.alloc(32).toString('base64')}`,
} as const

export function httpApp(env: Readonly<Record<string, unknown>>): HttpApp {
  const config = readConfig({ ...SETTINGS, PUBLIC_URL, ...env })
  const clock = new Clock()
  const callers: Caller[] = []
  const outages: unknown[] = []
  const unreadTenants: string[] = []
  const remote = createVerifier(config, {
    fetch: (url, init) => fetch(url, init),
    now: clock.now,
    onOutage: (cause) => outages.push(cause),
    onUnreadTenant: (claim) => unreadTenants.push(claim),
  })
  const login =
    config.LOCAL_ISSUER_KEY === undefined
      ? undefined
      : createAuthorizationServer({
          config,
          now: clock.now,
          scopes: LOGIN_SCOPES,
          readingScopes: ['tasks:read'],
        })
  const app = createApp({
    config,
    log: createLog('silent'),
    verifier: login?.verifier(remote) ?? remote,
    authorizationServer: login,
    scopes: login === undefined ? ['tasks:read'] : LOGIN_SCOPES,
    challengeScopes: () => ['tasks:read'],
    report: async () => undefined,
    checkHealth: async () => ({ status: 'ok' }),
    serve: async (_, body, { caller }) => {
      callers.push(caller)
      return caller.scopes.has('tasks:read')
        ? Response.json({ body, caller: caller.userId })
        : { missingScopes: ['tasks:read'] }
    },
  })
  const request = async (path: string | Request, init?: RequestInit) =>
    await app.request(
      path instanceof Request || path.startsWith('http') ? path : PUBLIC_URL + path,
      init,
      {},
      { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} },
    )
  return {
    callers,
    outages,
    unreadTenants,
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

/** The routes for one issuer, found by discovery. */
export function httpAppOf(issuer: Issuer, env: Readonly<Record<string, unknown>> = {}): HttpApp {
  return httpApp({ AUTH_ISSUER: issuer.url, ...env })
}
