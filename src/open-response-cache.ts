/** Opens the response cache of a deployment: its store, and the secret of its keys. */

import type { OpenEngines } from './data/open-engines.ts'
import { createCache } from './infra/cache/cache.ts'
import { cacheApiStore } from './infra/cache/cache-api-store.ts'
import type { Bindings } from './infra/config/bindings.ts'
import type { Config } from './infra/config/settings.ts'
import type { ConnectedSource } from './infra/config/sources.ts'
import type { Events } from './infra/observability/events.ts'
import type { Registry } from './mcp/registry.ts'
import { createResponseCache, type ResponseCache, type ResponseCacheOptions } from './mcp/response-cache.ts'

/** The origin of names in the Cache API where PUBLIC_URL is not set: one that nobody has. */
const NO_ORIGIN = 'https://rowgate.invalid'

interface Parts {
  readonly config: Config
  readonly bindings: Bindings
  readonly connected: readonly ConnectedSource[]
  readonly events: Events
}

/** Responses are cached in an engine that has a store, otherwise in the Cache API, otherwise not at all. */
export function openResponseCache(
  { config, bindings: { hyperdrivePostgres: hyperdrive }, connected, events }: Parts,
  { toolsets }: Registry,
  { cacheStore }: OpenEngines,
): ResponseCache | undefined {
  const platform = cacheApiStore(config.PUBLIC_URL ?? NO_ORIGIN)
  const unwatched = { observe: () => undefined, traceId: undefined }
  const open: ResponseCacheOptions['open'] | undefined =
    cacheStore === undefined
      ? platform && (() => platform)
      : (call) => cacheStore({ ...unwatched, ...call, deadline: Date.now() + config.REQUEST_TIMEOUT_MS })
  if (open === undefined) return undefined
  return createResponseCache(toolsets, {
    cache: createCache({
      now: Date.now,
      waitMs: config.CACHE_WAIT_MS,
      onOutage: events.cacheUnavailable,
    }),
    // Every setting that a tool's result depends on belongs here.
    secret: JSON.stringify([
      config.IDENTITY_KEY,
      config.DATABASE_URL,
      config.DATABASE_FETCH_ENDPOINT,
      // The parts that are the same in every isolate: Hyperdrive changes host and password.
      hyperdrive?.user,
      hyperdrive?.database,
      connected.map((source) => [source.url, source.hyperdrive?.user, source.hyperdrive?.database]),
      config.SQL_SCHEMAS,
    ]),
    open,
  })
}
