/** Wires every layer into a Worker. Nothing below knows all the others; nothing above exists. */

import type { ExecutionContext, Hono } from 'hono'
import { createApp } from './app.ts'
import { CallConnections, type Openers } from './data/call-connections.ts'
import { type Audit, ENGINES, type Open } from './data/connections.ts'
import { createHealthCheck, type HealthCheck } from './data/health.ts'
import { ownedOnFirstUse, postgresOnFirstUse } from './data/lazy.ts'
import { createMongo } from './data/mongodb/connector.ts'
import { createAudit } from './data/postgres/audit/log.ts'
import { loggable, openClient, type PostgresClient, targetOf } from './data/postgres/client.ts'
import { createDerivedSecret } from './data/postgres/seal.ts'
import { redisCacheStore } from './data/redis/cache-store.ts'
import { createRedis } from './data/redis/connector.ts'
import { createEmbedder } from './embedding/embedder.ts'
import { createVerifier } from './http/auth/token.ts'
import { errorBody, INTERNAL_ERROR } from './http/refusal.ts'
import { requestIdOf } from './http/request-id.ts'
import { createCache } from './infra/cache/cache.ts'
import { cacheApiStore } from './infra/cache/cache-api-store.ts'
import type { Caller } from './infra/caller.ts'
import { type Bindings, readBindings } from './infra/config/bindings.ts'
import { type Config, ConfigError, readConfig } from './infra/config/settings.ts'
import { RowgateError } from './infra/errors.ts'
import { createLog, errorFields, type Log } from './infra/observability/log.ts'
import { createQueryMonitor } from './infra/observability/query-monitor.ts'
import { createReporter } from './infra/observability/request-report.ts'
import { createRateLimits } from './infra/resilience/rate-limit.ts'
import { createEndpoint } from './mcp/endpoint.ts'
import { createRegistry, type Registry } from './mcp/registry.ts'
import { createResponseCache, type ResponseCache, type ResponseCacheOptions } from './mcp/response-cache.ts'
import type { Extension } from './mcp/sdk-path.ts'
import type { Toolset } from './toolkit/tool.ts'

type Environment = Readonly<Record<string, unknown>>

export interface Worker {
  fetch(request: Request, env: Environment, context: ExecutionContext): Response | Promise<Response>
}

/**
 * Builds a Worker that serves these toolsets, given or loaded. That, and reading the settings, is done once
 * per isolate, at the first request.
 */
export function createWorker(
  toolsets: readonly Toolset[] | (() => Promise<readonly Toolset[]>),
  extension?: Extension,
): Worker {
  const apps = new WeakMap<Environment, Pick<Hono, 'fetch'>>()

  function serve(given: readonly Toolset[], env: Environment): Pick<Hono, 'fetch'> {
    const app = apps.get(env) ?? wire(env, given, extension)
    apps.set(env, app)
    return app
  }

  return {
    fetch(request, env, context) {
      const known = apps.get(env)
      if (known !== undefined) return known.fetch(request, env, context)
      // What came of loading is kept, not the promise of it: workerd ties a promise to the request that made
      // it.
      if (typeof toolsets === 'function')
        return toolsets().then((loaded) => serve(loaded, env).fetch(request, env, context))
      return serve(toolsets, env).fetch(request, env, context)
    },
  }
}

function wire(
  env: Environment,
  toolsets: readonly Toolset[],
  extension: Extension | undefined,
): Pick<Hono, 'fetch'> {
  try {
    const config = readConfig(env)
    const log = createLog(config.LOG_LEVEL)
    const bindings = readBindings(env)
    const open = openers(config, bindings)
    const registry = createRegistry(
      namedToolsets(toolsets, config.TOOLSETS),
      new Set(ENGINES.filter((engine) => engine in open)),
    )
    const endpoint = createEndpoint(registry, extension)
    const watch = createQueryMonitor(log, config.SLOW_QUERY_MS)
    const responseCache = responseCacheOf(config, registry, log)
    const rateLimits = createRateLimits({
      ...bindings.rates,
      maxConcurrent: config.MAX_CONCURRENT_CALLS,
      leaseMs: config.REQUEST_TIMEOUT_MS + PLATFORM_GRACE_MS,
    })
    const audit = auditLog(config, bindings, log)
    const onFailure = failureLog(log)
    const settled = { embedder: createEmbedder(config, env.AI), sqlSchemas: config.SQL_SCHEMAS }
    const checkHealth = healthCheck(open, bindings, log)
    const stateSecret = createDerivedSecret(config.IDENTITY_KEY ?? randomKey(), 'request state')
    return createApp({
      config,
      log,
      verifier: createVerifier(config, {
        fetch: (input, init) => fetch(input, init),
        now: Date.now,
        onOutage: (cause) => log.warn('issuer_unavailable', errorFields(cause)),
      }),
      scopes: registry.scopes,
      report: createReporter(log, bindings.analytics),
      checkHealth,
      serve: (request, body, { caller, record, waitUntil }) => {
        const deadline = record.startedAt + config.REQUEST_TIMEOUT_MS
        return endpoint(request, body, {
          caller,
          signal: request.signal,
          deadline,
          record,
          rateLimits,
          connect: (tool, call) =>
            new CallConnections(open, { ...settled, health: () => checkHealth(waitUntil) }, caller, {
              ...call,
              deadline,
              observe: watch({ record, tool, waitUntil }),
              traceId: record.traceId,
            }),
          stateSecret,
          requestId: () => requestIdOf(record, request, config.ENVIRONMENT),
          audit,
          responseCache,
          waitUntil,
          onFailure,
        })
      },
    })
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return { fetch: () => misconfigured(thrown, env) }
  }
}

/** A name that is not among them is an operator's typing error, and would else take tools away in silence. */
function namedToolsets(
  toolsets: readonly Toolset[],
  names: readonly string[] | undefined,
): readonly Toolset[] {
  if (names === undefined) return toolsets
  const known = toolsets.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return toolsets.filter(({ name }) => names.includes(name))
  throw new ConfigError(
    `TOOLSETS names "${unknown}", which this deployment was not built with; there are ${known.join(', ')}.`,
  )
}

/** The platform lets work go on for so long when its client has gone, or its answer out, in milliseconds. */
const PLATFORM_GRACE_MS = 30_000

function openers(config: Config, { d1, hyperdriveMysql, hyperdrivePostgres: hyperdrive }: Bindings): Openers {
  const {
    DATABASE_URL: databaseUrl,
    DATABASE_OWNER_URL: ownerUrl,
    IDENTITY_KEY: identityKey,
    DATABASE_FETCH_ENDPOINT: fetchEndpoint,
    SQL_MAX_PLAN_COST: maxPlanCost,
    MONGODB_URL: mongodbUrl,
    REDIS_URL: redisUrl,
    REDIS_TOKEN: redisToken,
  } = config
  const mysqlServer = hyperdriveMysql ?? config.MYSQL_URL
  const development = config.ENVIRONMENT === 'development'
  return {
    ...(databaseUrl !== undefined &&
      identityKey !== undefined && {
        postgres: postgresOnFirstUse(async () => {
          const { createPostgres } = await import('./data/postgres/connector.ts')
          return createPostgres({
            ...{ databaseUrl, fetchEndpoint, hyperdrive, identityKey, development, maxPlanCost },
          })
        }),
      }),
    ...(mongodbUrl !== undefined && { mongodb: createMongo(mongodbUrl) }),
    ...(ownerUrl !== undefined && { owner: ownerOnFirstUse({ ownerUrl, fetchEndpoint }) }),
    ...(redisUrl !== undefined && { redis: createRedis({ url: redisUrl, token: redisToken }) }),
    ...(mysqlServer !== undefined && {
      mysql: ownedOnFirstUse(async () =>
        (await import('./data/mysql/connector.ts')).createMySql(mysqlServer),
      ),
    }),
    ...(d1 !== undefined && {
      d1: ownedOnFirstUse(async () => (await import('./data/d1/connector.ts')).createD1(d1)),
    }),
  }
}

/**
 * Names in the Cache API lie under the deployment's own origin, or, where it is not said, under one that
 * nobody has.
 */
const NO_ORIGIN = 'https://rowgate.invalid'

/** Answers are kept in Redis where there is one, else in the platform's cache, else not. */
function responseCacheOf(config: Config, { toolsets }: Registry, log: Log): ResponseCache | undefined {
  const { REDIS_URL: url, REDIS_TOKEN: token, REQUEST_TIMEOUT_MS: timeoutMs } = config
  // Apart from the toolset's: what is slow for a cache may still do for a tool, and neither opens the other's
  // circuit.
  const redis = url === undefined ? undefined : createRedis({ url, token })
  const platform = cacheApiStore(config.PUBLIC_URL ?? NO_ORIGIN)
  const unseen = { observe: () => undefined, traceId: undefined }
  const open: ResponseCacheOptions['open'] | undefined =
    redis !== undefined
      ? (call) => redisCacheStore(redis, { ...unseen, ...call, deadline: Date.now() + timeoutMs })
      : platform && (() => platform)
  if (open === undefined) return undefined
  return createResponseCache(toolsets, {
    cache: createCache({
      now: Date.now,
      waitMs: config.CACHE_WAIT_MS,
      onOutage: (cause) => log.warn('cache_unavailable', errorFields(cause)),
    }),
    // All that a kept answer depends on beside who asks for what; a setting that another tool's answer
    // depends on belongs here.
    secret: JSON.stringify([
      config.IDENTITY_KEY,
      config.DATABASE_URL,
      config.DATABASE_FETCH_ENDPOINT,
      config.SQL_SCHEMAS,
    ]),
    open,
  })
}

/** A collection that nobody makes. */
const NO_DOCUMENTS = { name: 'rowgate_health', dates: [], uniqueInTenant: 'id', conflict: '' }

/** The least that each engine can be asked, as a caller that owns nothing. */
function healthCheck(open: Openers, { d1 }: Bindings, log: Log): HealthCheck {
  const nobody: Caller = { userId: 'rowgate health', tenantId: 'rowgate health', scopes: new Set() }
  const { postgres, mysql, mongodb, redis } = open
  return createHealthCheck({
    now: Date.now,
    onDown: (engine, reason) => log.error('engine_down', { engine, ...reason }),
    probes: {
      ...(postgres !== undefined && {
        postgres: (call) => postgres(nobody, call).read((db) => [db.execute('select 1')]),
      }),
      // No statement is enough: the connector greets the server. What it would answer has no type to name.
      ...(mysql !== undefined && { mysql: (call) => mysql(nobody, call).read(() => [] as never) }),
      ...(mongodb !== undefined && {
        mongodb: (call) => mongodb(nobody, call).find(NO_DOCUMENTS, { sort: { created_at: -1 }, limit: 1 }),
      }),
      ...(redis !== undefined && { redis: (call) => redis(nobody, call).space('cache').stats() }),
      ...(d1 !== undefined && { d1: () => d1.prepare('select 1').first() }),
    },
  })
}

/** Where no identity key is set there is no Postgres, and so nothing that is confirmed: any secret does. */
function randomKey(): string {
  return `none:${btoa(crypto.randomUUID() + crypto.randomUUID())}`
}

/** The owner's driver is loaded when an operator first uses it. */
function ownerOnFirstUse(settings: { ownerUrl: string; fetchEndpoint: string | undefined }): Open<'owner'> {
  return (caller, call) => ({
    async run(...operation) {
      const { createUpkeep } = await import('./data/postgres/maintenance.ts')
      return createUpkeep(settings)(caller, call).run(...operation)
    },
  })
}

/** The audit log is in Postgres, and in no other engine. */
function auditLog(config: Config, { hyperdrivePostgres: hyperdrive }: Bindings, log: Log): Audit | undefined {
  const {
    DATABASE_URL: databaseUrl,
    IDENTITY_KEY: identityKey,
    DATABASE_FETCH_ENDPOINT: fetchEndpoint,
  } = config
  if (databaseUrl === undefined || identityKey === undefined) return undefined
  const target = targetOf({ databaseUrl, fetchEndpoint, hyperdrive })
  let client: PostgresClient | undefined
  return createAudit({
    identityKey,
    reads: config.AUDIT_READS,
    first: config.AUDIT_FIRST,
    async send(rows, signal) {
      client ??= await openClient(target)
      try {
        await client.execute('select rowgate.audit_later($1)', [rows], { signal })
      } catch (fault) {
        throw loggable(fault)
      }
    },
    onLoss: (rows, cause) => log.error('audit_lost', { rows, ...errorFields(cause) }),
  })
}

/** The caller's own mistakes are answered and not logged; ours and the database's are. */
const CALLERS_OWN: ReadonlySet<string> = new Set([
  'VALIDATION_ERROR',
  'AUTHORIZATION_ERROR',
  'NOT_FOUND',
  'CONFLICT',
  'QUERY_REJECTED',
  'RESULT_TOO_LARGE',
  'RATE_LIMITED',
])

function failureLog(log: Log): (tool: string, thrown: unknown) => void {
  return (tool, thrown) => {
    if (thrown instanceof RowgateError && CALLERS_OWN.has(thrown.code)) return
    log.error('tool_failed', { tool, ...errorFields(thrown) })
  }
}

/**
 * In development the answer is the sentence itself; in production an id, by which the operator finds it in
 * the log.
 */
function misconfigured(fault: ConfigError, env: Environment): Response {
  const id = crypto.randomUUID()
  if (env.ENVIRONMENT !== 'development')
    createLog('error').error('misconfigured', { request_id: id, message: fault.message })
  const message =
    env.ENVIRONMENT === 'development'
      ? fault.message
      : `This server is not set up. The operator finds the reason in the log as request ${id}.`
  return Response.json(errorBody(INTERNAL_ERROR, message), { status: 500 })
}
