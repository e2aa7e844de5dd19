/** Which answers of tools are kept, for whom, and which writes outdate them: the tools' own declarations, carried out. */

import type { Cache, CacheStore, Got } from '../infra/cache.ts'
import { canonical, nameOf } from '../infra/cache-key.ts'
import type { Caller } from '../infra/caller.ts'
import type { RequestRecord } from '../infra/record.ts'
import { SERVER_VERSION } from '../infra/version.ts'
import type { CacheRule, Tool, Toolset } from './tool.ts'

export interface AnswersOptions {
  readonly cache: Cache
  /** Known to this deployment only: what shares its store with others shares no name with them. */
  readonly secret: string
  /** One call's store; what it opens is closed by `onEnd`. */
  open(call: Opening): CacheStore
}

/** What a store is opened with. A client that goes away does not end what is said to the store. */
interface Opening {
  readonly signal: AbortSignal
  onEnd(close: () => Promise<void>): void
}

/** One call, as far as this file needs it. */
interface Asked {
  readonly tool: Tool
  /** Parsed. */
  readonly input: unknown
  readonly caller: Caller
  readonly record: RequestRecord
  readonly signal: AbortSignal
  waitUntil(work: Promise<unknown>): void
}

/** A value that was looked for in the cache, and what came of it. */
export class Kept {
  readonly got: Got<unknown>
  constructor(got: Got<unknown>) {
    this.got = got
  }
}

export interface Answers {
  /** Whether calls of this tool have anything to do with the cache. */
  concerns(tool: Tool): boolean
  /** Answers from the cache or runs the tool; a write runs, and then outdates what it may have changed. */
  around(asked: Asked, run: () => Promise<unknown>): Promise<unknown>
}

/** Who an entry is for. Everyone's names are grouped under no tenant; a tenant's name is never empty. */
const EVERYONE = ''
const MS_PER_S = 1_000

interface Plan {
  readonly toolset: string
  readonly rule: CacheRule | undefined
  /** Whose entries a write of this tool outdates. */
  readonly outdates: ReadonlySet<'tenant' | 'everyone'>
}

/** Made once per isolate, from the toolsets that it serves. */
export function createAnswers(toolsets: readonly Toolset[], options: AnswersOptions): Answers {
  const { cache, secret, open } = options
  const plans = new Map(toolsets.flatMap(plansOf))
  const generation = (owner: string, toolset: string) => nameOf([secret, 'generation', owner, toolset])

  async function read(
    asked: Asked,
    plan: Plan,
    rule: CacheRule,
    store: CacheStore,
    run: () => Promise<unknown>,
  ) {
    const { tool, input, caller, record, signal, waitUntil } = asked
    const args = canonical(input)
    if (args === undefined) return run()
    const owner = rule.per === 'everyone' ? EVERYONE : caller.tenantId
    const [name, generationName] = await Promise.all([
      nameOf([
        secret,
        'answer',
        SERVER_VERSION,
        plan.toolset,
        tool.name,
        rule.version,
        args,
        ...whoOf(caller, rule),
      ]),
      generation(owner, plan.toolset),
    ])
    const got = await cache.getOrLoad(
      {
        store,
        owner,
        name,
        generation: generationName,
        ttlMs: rule.ttlSeconds * MS_PER_S,
        signal,
        read: (value) => {
          const parsed = tool.output?.safeParse(value)
          return parsed?.success === true ? { value: parsed.data } : undefined
        },
        waitUntil,
      },
      run,
    )
    record.cache = got.status
    return new Kept(got)
  }

  async function write({ caller }: Asked, plan: Plan, store: CacheStore, run: () => Promise<unknown>) {
    try {
      return await run()
    } finally {
      // Also after an error: what it says failed may have been done. Before the answer: its sender sees its own write.
      const owners = [...plan.outdates].map((per) => (per === 'everyone' ? EVERYONE : caller.tenantId))
      const names = owners.map(async (owner) => [owner, await generation(owner, plan.toolset)] as const)
      await cache.invalidate(store, await Promise.all(names))
    }
  }

  return {
    concerns: (tool) => plans.has(tool),
    async around(asked, run) {
      const plan = plans.get(asked.tool)
      if (plan === undefined) return run()
      const closers: (() => Promise<void>)[] = []
      const kept: Promise<unknown>[] = []
      const { signal } = new AbortController()
      const store = open({ signal, onEnd: (close) => closers.push(close) })
      const call = { ...asked, waitUntil: (work: Promise<unknown>) => void kept.push(work) }
      try {
        const answer =
          plan.rule === undefined ? write(call, plan, store, run) : read(call, plan, plan.rule, store, run)
        // A client that leaves ends its request: a write may be done all the same, and others may wait for a read.
        asked.waitUntil(answer.catch(() => undefined))
        return await answer
      } finally {
        // What is being stored needs the connection, and the answer waits for neither.
        asked.waitUntil(
          Promise.allSettled(kept).then(() => Promise.allSettled(closers.map((close) => close()))),
        )
      }
    },
  }
}

/** The scopes are part of who asks: what a policy shows may depend on them. */
function whoOf({ tenantId, userId, scopes }: Caller, { per }: CacheRule): (string | readonly string[])[] {
  if (per === 'everyone') return [per]
  const who = [per, tenantId, [...scopes].sort()]
  return per === 'caller' ? [...who, userId] : who
}

/** A toolset that keeps no answer has no plan, so its tools cost nothing more than before. */
function plansOf({ name, tools }: Toolset): [Tool, Plan][] {
  const readers = tools.flatMap(({ cache }) => cache?.per ?? [])
  if (readers.length === 0) return []
  const outdates = new Set(readers.map((per) => (per === 'everyone' ? per : 'tenant')))
  return tools
    .filter(({ cache, annotations }) => cache !== undefined || !annotations.readOnlyHint)
    .map((tool) => [tool, { toolset: name, rule: tool.cache, outdates }])
}
