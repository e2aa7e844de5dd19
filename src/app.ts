/** The HTTP surface, in the order in which a request meets it. Everything it needs comes as one argument. */

import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { type BearerVariables, bearerAuth, insufficientScope } from './http/bearer.ts'
import { type BodyVariables, jsonBody } from './http/body.ts'
import { health } from './http/health.ts'
import { hostGuard } from './http/host.ts'
import { postOnly } from './http/method.ts'
import { originGuard } from './http/origin.ts'
import { protectedResource, resourceUrls } from './http/protected-resource.ts'
import { requestId } from './http/request-id.ts'
import type { Verifier } from './http/token.ts'
import type { Caller } from './infra/caller.ts'
import type { Config } from './infra/config.ts'
import { errorFields, type Log } from './infra/log.ts'

/** What the protocol layer made of a request: its answer, or the scopes that the token lacks. */
export type Served = Response | { readonly missingScopes: readonly string[] }

/** Keeps the isolate alive for work that the answer does not wait for. */
export type WaitUntil = (work: Promise<unknown>) => void

export interface AppParts {
  readonly config: Config
  readonly log: Log
  readonly verifier: Verifier
  /** Every scope that some tool asks for. */
  readonly scopes: readonly string[]
  /** Answers one MCP request whose body has been parsed and whose caller is known. */
  serve(request: Request, body: unknown, caller: Caller, waitUntil: WaitUntil): Promise<Served>
}

interface Variables extends BodyVariables, BearerVariables {}

export function createApp({
  config,
  log,
  verifier,
  scopes,
  serve,
}: AppParts): Hono<{ Variables: Variables }> {
  const development = config.ENVIRONMENT === 'development'
  const { PUBLIC_URL: publicUrl } = config
  const { resourceMetadataUrl } = resourceUrls(config)
  const app = new Hono<{ Variables: Variables }>()

  app.onError((thrown, c) => {
    if (thrown instanceof HTTPException) return thrown.getResponse()
    log.error('request_failed', { request_id: requestId(c), ...errorFields(thrown) })
    return c.json(internal(c), 500)
  })
  app.use(
    hostGuard({
      allowed: config.ALLOWED_HOSTS,
      publicUrl,
      development,
      localIssuer: config.LOCAL_JWKS !== undefined,
    }),
  )
  app.get('/health', health())
  const metadata = protectedResource({ config, scopes })
  app.get('/.well-known/oauth-protected-resource/mcp', metadata)
  app.get('/.well-known/oauth-protected-resource', metadata)
  app.all(
    '/mcp',
    originGuard({ allowed: config.ALLOWED_ORIGINS, development }),
    postOnly(),
    bearerAuth({ verifier, resourceMetadataUrl, scopes }),
    jsonBody(),
    async (c) => {
      const served = await serve(c.req.raw, c.var.body, c.var.caller, (work) =>
        c.executionCtx.waitUntil(work),
      )
      return served instanceof Response
        ? served
        : insufficientScope(resourceMetadataUrl(c.req.url), served.missingScopes)
    },
  )
  return app
}

function internal(c: Context): unknown {
  const message = `Internal error. The operator finds it in the log as request ${requestId(c)}.`
  return { jsonrpc: '2.0', id: null, error: { code: -32603, message } }
}
