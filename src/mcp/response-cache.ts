/** The response cache: caches tools' results and invalidates them after writes, as the tools declare. */

import type { CallScope } from '../data/call-scope.ts'
import type { Cache, Got } from '../infra/cache/cache.ts'
import type { CacheStore } from '../infra/cache/store.ts'
import type { RequestContext } from '../infra/request-context.ts'
import { MS_PER_S } from '../infra/units.ts'
import type { Source } from '../toolkit/services.ts'
import type { CacheRule, Tool, Toolset } from '../toolkit/tool.ts'
import { type Audience, audienceOf, createResponseCacheKeys, groupOf } from './response-cache-keys.ts'

export interface ResponseCacheOptions {
  readonly cache: Cache
  /** A secret of this deployment, so that deployments that share a store share no key. */
  readonly secret: string
  /** Opens the store for one call; `onEnd` gets the function that closes it. */
  open(call: Pick<CallScope, 'signal' | 'onEnd'>): CacheStore
}

/** A handler's value, and whether it came from the cache. */
export class CachedResult {
  readonly result: Got<unknown>
  constructor(result: Got<unknown>) {
    this.result = result
  }
}

/** The parts of a call, beside its caller, that its result depends on. */
export interface CachedCall {
  readonly input: unknown
  readonly source: Source | undefined
}

type Handler = () => Promise<unknown>

export interface ResponseCache {
  /** Whether this tool's results are cached, or invalidate cached ones. */
  handles(tool: Tool): boolean
  /**
   * A read: from the cache, or by running the tool. A write: runs, then invalidates the results that it may
   * have changed.
   */
  run(tool: Tool, call: CachedCall, request: RequestContext, handler: Handler): Promise<unknown>
}

/** The cache rule of one tool, worked out once. */
interface Plan {
  readonly tool: Tool
  readonly toolset: string
  readonly rule: CacheRule | undefined
  /** Callers whose entries a write of this tool invalidates. */
  readonly outdates: ReadonlySet<Audience>
}

/** Made once per isolate, from the toolsets that it serves. */
export function createResponseCache(
  toolsets: readonly Toolset[],
  options: ResponseCacheOptions,
): ResponseCache {
  const { cache, open } = options
  const plans = new Map(toolsets.flatMap(plansOf))
  const keys = createResponseCacheKeys(options.secret)

  async function read(
    { tool, toolset }: Plan,
    rule: CacheRule,
    call: CachedCall,
    { caller, record, signal, waitUntil }: RequestContext,
    store: CacheStore,
    handler: Handler,
  ) {
    const group = groupOf(audienceOf(rule), caller)
    const [name, generation] = await Promise.all([
      keys.result(caller, { toolset, tool: tool.name, rule, ...call }),
      keys.generation(group, toolset),
    ])
    if (name === undefined) return handler()
    const ttlMs = rule.ttlSeconds * MS_PER_S
    const entry = { store, group, name, generation, ttlMs, signal, read: readerOf(tool), waitUntil }
    const got = await cache.getOrLoad(entry, handler)
    record.cache = got.status
    return new CachedResult(got)
  }

  async function write(
    { toolset, outdates }: Plan,
    { caller }: RequestContext,
    store: CacheStore,
    handler: Handler,
  ) {
    try {
      return await handler()
    } finally {
      // Also after an error, since the write may have been done. Before the response, so that the writer sees
      // its own write.
      const groups = [...outdates].map((audience) => groupOf(audience, caller))
      const generations = groups.map(async (group) => [group, await keys.generation(group, toolset)] as const)
      await cache.invalidate(store, await Promise.all(generations))
    }
  }

  return {
    handles: (tool) => plans.has(tool),
    async run(tool, call, request, handler) {
      const plan = plans.get(tool)
      if (plan === undefined) return handler()
      const { rule } = plan
      return withStore(open, request, (store, inner) =>
        rule === undefined
          ? write(plan, inner, store, handler)
          : read(plan, rule, call, inner, store, handler),
      )
    },
  }
}

/** Opens the store for one call and closes it after the last write to it; the response waits for neither. */
async function withStore(
  open: ResponseCacheOptions['open'],
  request: RequestContext,
  work: (store: CacheStore, request: RequestContext) => Promise<unknown>,
): Promise<unknown> {
  const closers: (() => Promise<void>)[] = []
  const storing: Promise<unknown>[] = []
  const { signal } = new AbortController()
  const store = open({ signal, onEnd: (close) => closers.push(close) })
  try {
    const result = work(store, { ...request, waitUntil: (work) => void storing.push(work) })
    // After a disconnect a write may still commit, and other calls may wait for this read.
    request.waitUntil(result.catch(() => undefined))
    return await result
  } finally {
    request.waitUntil(
      Promise.allSettled(storing).then(() => Promise.allSettled(closers.map((close) => close()))),
    )
  }
}

/** A store is not trusted: its value must fit the tool's output schema. */
function readerOf({ output }: Tool) {
  return (value: unknown) => {
    const parsed = output?.safeParse(value)
    return parsed?.success === true ? { value: parsed.data } : undefined
  }
}

/** No tool of a toolset without a cached tool has a plan, so none pays for the cache. */
function plansOf({ name, tools }: Toolset): [Tool, Plan][] {
  const rules = tools.flatMap(({ cache }) => cache ?? [])
  if (rules.length === 0) return []
  const outdates = new Set(rules.map(audienceOf))
  return tools
    .filter(({ cache, annotations }) => cache !== undefined || !annotations.readOnlyHint)
    .map((tool) => [tool, { tool, toolset: name, rule: tool.cache, outdates }])
}
