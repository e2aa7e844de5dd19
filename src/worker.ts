/** Builds the Worker: the settings become the parts, and the parts the app, once per isolate. */

import type { ExecutionContext, Hono } from 'hono'
import { createApp } from './app.ts'
import { createConnect } from './data/connect.ts'
import { createHealthCheck } from './data/health.ts'
import { openEngines } from './data/open-engines.ts'
import { createEmbedder } from './embedding/embedder.ts'
import { createRelatedWords } from './embedding/related-words.ts'
import type { AuthorizationServer, MakeAuthorizationServer } from './http/auth/authorization-server.ts'
import { createVerifier, type VerifierEnvironment } from './http/auth/token.ts'
import { misconfigured } from './http/misconfigured.ts'
import { readBindings } from './infra/config/bindings.ts'
import { type Config, ConfigError, readConfig } from './infra/config/settings.ts'
import { claimsOf, type DeclaredSource, readSources } from './infra/config/sources.ts'
import { isCallersError, RowgateError, SCHEMA_DRIFT } from './infra/errors.ts'
import { createDerivedSecret } from './infra/identity-key.ts'
import { createLog, errorFields, type Log } from './infra/observability/log.ts'
import { createQueryMonitor } from './infra/observability/query-monitor.ts'
import { createReporter } from './infra/observability/request-report.ts'
import { createRateLimits } from './infra/resilience/rate-limit.ts'
import { createChallengeScopes, readingScopes } from './mcp/challenge-scopes.ts'
import { createEndpoint } from './mcp/endpoint.ts'
import { createRegistry, type Registry } from './mcp/registry.ts'
import type { Extension } from './mcp/sdk-path.ts'
import { openResponseCache } from './open-response-cache.ts'
import { namedToolsets } from './toolkit/named-toolsets.ts'
import { servedAs } from './toolkit/services.ts'
import type { Toolset } from './toolkit/tool.ts'

type Environment = Readonly<Record<string, unknown>>

export interface Worker {
  fetch(request: Request, env: Environment, context: ExecutionContext): Response | Promise<Response>
}

/** What a deployment was built with. */
export interface Deployment {
  readonly toolsets: readonly Toolset[]
  /** The databases that `rowgate.yaml` declares; without one DATABASE_URL names the only one. */
  readonly sources?: readonly DeclaredSource[]
}

/** What a deployment's Worker does not have, and so is no part of its bundle. */
export interface WorkerParts {
  readonly extension?: Extension
  /** Lets clients log in, where LOCAL_ISSUER_KEY is set. */
  readonly authorizationServer?: MakeAuthorizationServer
}

/**
 * A Worker that serves what was built, given or loaded. It reads its settings at the first request of an
 * isolate.
 */
export function createWorker(
  built: Deployment | (() => Promise<Deployment>),
  parts: WorkerParts = {},
): Worker {
  const apps = new WeakMap<Environment, Pick<Hono, 'fetch'>>()

  function appOf(loaded: Deployment, env: Environment): Pick<Hono, 'fetch'> {
    const app = apps.get(env) ?? wire(env, loaded, parts)
    apps.set(env, app)
    return app
  }

  return {
    fetch(request, env, context) {
      const known = apps.get(env)
      if (known !== undefined) return known.fetch(request, env, context)
      // Keeps what was loaded, not its promise: workerd ties a promise to the request that made it.
      if (typeof built === 'function')
        return built().then((loaded) => appOf(loaded, env).fetch(request, env, context))
      return appOf(built, env).fetch(request, env, context)
    },
  }
}

function wire(
  env: Environment,
  { toolsets, sources: declared = [] }: Deployment,
  { extension, authorizationServer }: WorkerParts,
): Pick<Hono, 'fetch'> {
  try {
    const config = readConfig(env, { hasSources: declared.length > 0 })
    const log = createLog(config.LOG_LEVEL)
    const bindings = readBindings(env)
    const onAuditLoss = (rows: number, cause: unknown) =>
      log.error('audit_lost', { rows, ...errorFields(cause) })
    const onDrift = (source: string, cause: unknown) =>
      log.error('schema_drift', { source, ...errorFields(cause) })
    const connected = readSources(env, declared)
    const opened = openEngines({ config, bindings, sources: connected, onAuditLoss, onDrift })
    const sources = servedAs(opened.sources)
    const registry = createRegistry(namedToolsets(toolsets, config.TOOLSETS), opened.names, sources)
    const health = createHealthCheck({
      engines: opened.probed,
      now: Date.now,
      onDown: (engine, reason) => log.error('engine_down', { engine, ...reason }),
    })
    const serve = createEndpoint(
      registry,
      {
        rateLimits: createRateLimits({
          ...bindings.rates,
          maxConcurrent: config.MAX_CONCURRENT_CALLS,
          leaseMs: config.REQUEST_TIMEOUT_MS + PLATFORM_GRACE_MS,
        }),
        connect: createConnect({
          openers: opened.openers,
          sources: opened.sourceOpeners,
          watch: createQueryMonitor(log, config.SLOW_QUERY_MS),
        }),
        services: {
          embedder: createEmbedder(config, env.AI),
          relatedWords: createRelatedWords(),
          sources,
          sqlSchemas: config.SQL_SCHEMAS,
          tableScopes: tableScopesOf(registry),
          health,
        },
        stateSecret: createDerivedSecret(config.IDENTITY_KEY, 'request state'),
        audit: opened.audit,
        responseCache: openResponseCache({ config, bindings, connected, log }, registry, opened),
        onFailure(tool, cause) {
          if (!isCallersError(cause)) log.error(failureEvent(cause), { tool, ...errorFields(cause) })
        },
      },
      extension,
    )
    const sourceClaims = claimsOf(declared)
    const login = loginOf(config, authorizationServer, registry, sourceClaims)
    const remote = createVerifier(config, verifierEnvironment(log), sourceClaims.all)
    const report = createReporter(log, bindings.analytics)
    return createApp({
      config,
      log,
      verifier: login?.verifier(remote) ?? remote,
      authorizationServer: login,
      scopes: registry.scopes,
      challengeScopes: createChallengeScopes(registry),
      report,
      checkHealth: health,
      serve,
    })
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    return { fetch: () => misconfigured(cause, env) }
  }
}

/** By table. */
function tableScopesOf({ toolsets }: Registry): ReadonlyMap<string, string> {
  return new Map(
    toolsets.flatMap(({ tables = {} }) =>
      Object.entries(tables).flatMap(([scope, names]) => names.map((name) => [name, scope] as const)),
    ),
  )
}

function verifierEnvironment(log: Log): VerifierEnvironment {
  return {
    fetch: (input, init) => fetch(input, init),
    now: Date.now,
    onOutage: (cause) => log.warn('issuer_unavailable', errorFields(cause)),
    onUnreadTenant: (claim) => log.warn('tenant_claim_unread', { claim }),
  }
}

function loginOf(
  config: Config,
  make: MakeAuthorizationServer | undefined,
  registry: Registry,
  sourceClaims: ReturnType<typeof claimsOf>,
): AuthorizationServer | undefined {
  if (config.LOCAL_ISSUER_KEY === undefined) return undefined
  if (make === undefined) {
    throw new ConfigError(
      'LOCAL_ISSUER_KEY is set in a Worker without a login: only that of `npm start` has one.',
    )
  }
  const { scopes } = registry
  return make({ config, now: Date.now, scopes, readingScopes: readingScopes(registry), sourceClaims })
}

function failureEvent(cause: unknown): string {
  const isDrift = cause instanceof RowgateError && cause.details?.reason === SCHEMA_DRIFT
  return isDrift ? SCHEMA_DRIFT : 'tool_failed'
}

/** How long the platform lets work go on after a disconnect or a response, in milliseconds. */
const PLATFORM_GRACE_MS = 30_000
