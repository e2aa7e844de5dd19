/** The HTTP application: middleware and routes, in the order in which a request meets them. */

import { type Handler, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { AuthorizationServer } from './http/auth/authorization-server.ts'
import { type BearerVariables, bearerAuth, insufficientScope } from './http/auth/bearer.ts'
import { CONSOLE_CLIENT_PATH } from './http/auth/console-client-id.ts'
import { METADATA_PATH, protectedResource, resourceUrls } from './http/auth/protected-resource.ts'
import { scopePrefix } from './http/auth/scope-prefix.ts'
import type { Verifier } from './http/auth/token.ts'
import { type BodyVariables, jsonBody } from './http/body.ts'
import { consoleClient } from './http/console-client.ts'
import { databaseHealth, health } from './http/health.ts'
import { hostGuard } from './http/host.ts'
import { postOnly } from './http/method.ts'
import { originGuard } from './http/origin.ts'
import { errorBody, INTERNAL_ERROR, refusal } from './http/refusal.ts'
import { requestIdOf } from './http/request-id.ts'
import { type RecordVariables, recorder } from './http/request-log.ts'
import type { Config } from './infra/config/settings.ts'
import { errorFields, type Log } from './infra/observability/log.ts'
import { newRecord } from './infra/observability/request-record.ts'
import type { Finished } from './infra/observability/request-report.ts'
import type { RequestContext, Served } from './infra/request-context.ts'
import { RATE_PERIOD_S } from './infra/resilience/rate-limit.ts'

export interface AppParts {
  readonly config: Config
  readonly log: Log
  readonly verifier: Verifier
  /** In development. */
  readonly authorizationServer?: AuthorizationServer | undefined
  /** Every scope that some tool needs. */
  readonly scopes: readonly string[]
  /** The scopes to ask for with this query string, if the client has no token. */
  readonly challengeScopes: (search: string) => readonly string[]
  /** Serves one MCP request with a parsed body and a verified caller. */
  serve(request: Request, body: unknown, context: RequestContext): Promise<Served>
  /** Probes every configured engine. */
  readonly checkHealth: Parameters<typeof databaseHealth>[0]
  /** Called once per request to `/mcp` when it ends. */
  readonly report: (finished: Finished) => Promise<void> | undefined
}

interface Variables extends BodyVariables, BearerVariables, RecordVariables {}

export function createApp(parts: AppParts): Hono<{ Variables: Variables }> {
  const { config, log, verifier, authorizationServer, scopes, challengeScopes, report, checkHealth } = parts
  const development = config.ENVIRONMENT === 'development'
  const { PUBLIC_URL: publicUrl } = config
  const { resourceMetadataUrl } = resourceUrls(config)
  const { qualified } = scopePrefix(config.AUTH_SCOPE_PREFIX)
  // `/mcp/` is `/mcp`: people and some clients add the slash.
  const app = new Hono<{ Variables: Variables }>({ strict: false })

  app.onError((cause, c) => {
    if (cause instanceof HTTPException) return cause.getResponse()
    const id = requestIdOf(c.get('record') ?? newRecord(0), c.req.raw, config.ENVIRONMENT)
    log.error('request_failed', { request_id: id, ...errorFields(cause) })
    return c.json(internal(id), 500)
  })
  // Before the host guard, so that requests to a foreign host are logged, too.
  app.use('/mcp', recorder({ report, now: Date.now, environment: config.ENVIRONMENT }))
  app.use(
    hostGuard({
      allowed: config.ALLOWED_HOSTS,
      publicUrl,
      development,
      localIssuer: config.LOCAL_JWKS !== undefined,
    }),
  )
  app.get('/health', health())
  app.get('/health/database', databaseHealth(checkHealth))
  app.get(CONSOLE_CLIENT_PATH, consoleClient(config))
  const metadata = protectedResource({ config, scopes, issuer: authorizationServer?.issuer })
  app.on(['GET', 'OPTIONS'], [METADATA_PATH, `${METADATA_PATH}/mcp`], metadata)
  if (authorizationServer !== undefined) {
    app.use(async (c, next) => (await authorizationServer.fetch(c.req.raw)) ?? next())
  }
  app.all(
    '/mcp',
    originGuard({ allowed: config.ALLOWED_ORIGINS, development }),
    postOnly(),
    bearerAuth({
      verifier,
      resourceMetadataUrl,
      scopes: (url) => challengeScopes(new URL(url).search).map(qualified),
    }),
    jsonBody(),
    serveMcp(parts),
  )
  app.notFound(notFound)
  return app
}

/** A call that passed the guards. */
function serveMcp({
  config,
  authorizationServer,
  scopes,
  serve,
}: AppParts): Handler<{ Variables: Variables }> {
  const { resourceMetadataUrl } = resourceUrls(config)
  const { qualified } = scopePrefix(config.AUTH_SCOPE_PREFIX)
  return async (c) => {
    const { raw } = c.req
    const [body, caller, record] = [c.get('body'), c.get('caller'), c.get('record')]
    const served = await serve(raw, body, {
      caller,
      record,
      signal: raw.signal,
      deadline: record.startedAt + config.REQUEST_TIMEOUT_MS,
      requestId: () => requestIdOf(record, raw, config.ENVIRONMENT),
      waitUntil: (work) => c.executionCtx.waitUntil(work),
    })
    if (served instanceof Response) return served
    if ('overRate' in served) return overRate()
    // With the scopes the token has: clients of 2025 request exactly these, and would lose the rest.
    const wanted = scopes.filter((scope) => caller.scopes.has(scope) || served.missingScopes.includes(scope))
    authorizationServer?.scopeRefused(raw.headers.get('authorization')?.split(' ').at(-1) ?? '')
    return insufficientScope(resourceMetadataUrl(c.req.url), wanted.map(qualified))
  }
}

const notFound = refusal(404, 'Nothing is here: MCP is at /mcp.')

const overRate = refusal(
  429,
  'RATE_LIMITED: you have made more calls than a minute allows. Wait, then go on.',
  { 'Retry-After': String(RATE_PERIOD_S) },
)

function internal(id: string): unknown {
  const message = `Internal error. The operator finds it in the log as request ${id}.`
  return errorBody(INTERNAL_ERROR, message)
}
