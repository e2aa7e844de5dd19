/** Builds the Worker: the settings become the parts, and the parts the app, once per isolate. */

import { createApp } from './app.ts'
import { createConnect } from './data/connect.ts'
import { createHealthCheck } from './data/health.ts'
import { openEngines } from './data/open-engines.ts'
import { type App, type Deployment, type Environment, serveDeployment, type Worker } from './deployment.ts'
import { createEmbedder } from './embedding/embedder.ts'
import { createRelatedWords } from './embedding/related-words.ts'
import type { MakeAuthorizationServer } from './http/auth/authorization-server.ts'
import { readBindings } from './infra/config/bindings.ts'
import { readConfig } from './infra/config/settings.ts'
import { readSources } from './infra/config/sources.ts'
import { createDerivedSecret } from './infra/identity-key.ts'
import { createEvents } from './infra/observability/events.ts'
import { createLog } from './infra/observability/log.ts'
import { createQueryMonitor } from './infra/observability/query-monitor.ts'
import { createReporter } from './infra/observability/request-report.ts'
import { createRateLimits } from './infra/resilience/rate-limit.ts'
import { createChallengeScopes, readingScopes } from './mcp/challenge-scopes.ts'
import { createEndpoint } from './mcp/endpoint.ts'
import { createRegistry } from './mcp/registry.ts'
import type { Extension } from './mcp/sdk-path.ts'
import { openApprovals } from './open-approvals.ts'
import { openAuthentication } from './open-authentication.ts'
import { openResponseCache } from './open-response-cache.ts'
import { openResultApp } from './open-result-app.ts'
import { namedToolsets } from './toolkit/named-toolsets.ts'
import { servedAs } from './toolkit/services.ts'
import { tableScopesOf } from './toolkit/table-scopes.ts'

/** Parts that only `npm start` has. A deployment's Worker has none of them in its bundle. */
export interface WorkerParts {
  readonly extension?: Extension
  /** Lets clients log in, where LOCAL_ISSUER_KEY is set. */
  readonly authorizationServer?: MakeAuthorizationServer
}

/** Milliseconds that the platform keeps work alive after a disconnect or a response. */
const PLATFORM_GRACE_MS = 30_000

/** A Worker that serves what was built, given or loaded. */
export function createWorker(
  built: Deployment | (() => Promise<Deployment>),
  parts: WorkerParts = {},
): Worker {
  return serveDeployment(built, (env, deployment) => wire(env, deployment, parts))
}

function wire(
  env: Environment,
  { toolsets, sources: declared = [] }: Deployment,
  { extension, authorizationServer: makeAuthorizationServer }: WorkerParts,
): App {
  const config = readConfig(env, { hasSources: declared.length > 0 })
  const bindings = readBindings(env)
  const log = createLog(config.LOG_LEVEL)
  const events = createEvents(log)
  const connected = readSources(env, declared)
  const opened = openEngines({ config, bindings, sources: connected, events })
  const sources = servedAs(opened.sources)
  const registry = createRegistry(namedToolsets(toolsets, config.TOOLSETS), opened.names, sources)
  const checkHealth = createHealthCheck({
    engines: opened.probed,
    now: Date.now,
    onDown: events.engineDown,
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
        auditSource: opened.auditSource ?? '',
        sqlSchemas: config.SQL_SCHEMAS,
        tableScopes: tableScopesOf(registry.toolsets),
        health: checkHealth,
      },
      stateSecret: createDerivedSecret(config.IDENTITY_KEY, 'request state'),
      audit: opened.audit,
      resultApp: openResultApp(bindings),
      approvals: openApprovals(config, opened, registry),
      responseCache: openResponseCache({ config, bindings, connected, events }, registry, opened),
      onFailure: events.toolFailed,
    },
    extension,
  )
  const { scopes } = registry
  const authentication = openAuthentication(
    makeAuthorizationServer,
    { config, scopes, readingScopes: readingScopes(registry) },
    declared,
    events,
  )
  return createApp({
    ...{ config, log, scopes, checkHealth, serve, ...authentication },
    challengeScopes: createChallengeScopes(registry),
    report: createReporter(log, bindings.analytics),
  })
}
