/** Which answers of tools are kept, for whom, and which writes outdate them: the tools' own declarations, carried out. */

import type { Cache, CacheStore, Got } from '../infra/cache/cache.ts'
import type { Caller } from '../infra/caller.ts'
import type { RequestRecord } from '../infra/observability/request-record.ts'
import type { CacheRule, Tool, Toolset } from '../toolkit/tool.ts'
import { type Audience, audienceOf, createAnswerNames, ownerOf } from './response-cache-keys.ts'

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

type Run = () => Promise<unknown>

export interface Answers {
  /** Whether calls of this tool have anything to do with the cache. */
  concerns(tool: Tool): boolean
  /** Answers from the cache or runs the tool; a write runs, and then outdates what it may have changed. */
  around(asked: Asked, run: Run): Promise<unknown>
}

const MS_PER_S = 1_000

/** What is done about a tool's answers, worked out once. */
interface Plan {
  readonly toolset: string
  readonly rule: CacheRule | undefined
  /** Whose entries a write of this tool outdates. */
  readonly outdates: ReadonlySet<Audience>
}

/** Made once per isolate, from the toolsets that it serves. */
export function createAnswers(toolsets: readonly Toolset[], options: AnswersOptions): Answers {
  const { cache, open } = options
  const plans = new Map(toolsets.flatMap(plansOf))
  const names = createAnswerNames(options.secret)

  async function read(asked: Asked, { toolset }: Plan, rule: CacheRule, store: CacheStore, run: Run) {
    const { tool, input, caller, record, signal, waitUntil } = asked
    const owner = ownerOf(audienceOf(rule), caller)
    const [name, generation] = await Promise.all([
      names.answer(caller, toolset, tool.name, rule, input),
      names.generation(owner, toolset),
    ])
    if (name === undefined) return run()
    const ttlMs = rule.ttlSeconds * MS_PER_S
    const entry = { store, owner, name, generation, ttlMs, signal, read: readerOf(tool), waitUntil }
    const got = await cache.getOrLoad(entry, run)
    record.cache = got.status
    return new Kept(got)
  }

  async function write({ caller }: Asked, { toolset, outdates }: Plan, store: CacheStore, run: Run) {
    try {
      return await run()
    } finally {
      // Also after an error: what it says failed may have been done. Before the answer: its sender sees its own write.
      const owners = [...outdates].map((audience) => ownerOf(audience, caller))
      const generations = owners.map(
        async (owner) => [owner, await names.generation(owner, toolset)] as const,
      )
      await cache.invalidate(store, await Promise.all(generations))
    }
  }

  return {
    concerns: (tool) => plans.has(tool),
    async around(asked, run) {
      const plan = plans.get(asked.tool)
      if (plan === undefined) return run()
      return withStore(open, asked, (store, call) =>
        plan.rule === undefined ? write(call, plan, store, run) : read(call, plan, plan.rule, store, run),
      )
    },
  }
}

/** Opens a store for one call, and closes it when what is being stored is there; the answer waits for neither. */
async function withStore(
  open: AnswersOptions['open'],
  asked: Asked,
  work: (store: CacheStore, call: Asked) => Promise<unknown>,
): Promise<unknown> {
  const closers: (() => Promise<void>)[] = []
  const kept: Promise<unknown>[] = []
  const { signal } = new AbortController()
  const store = open({ signal, onEnd: (close) => closers.push(close) })
  try {
    const answer = work(store, { ...asked, waitUntil: (storing) => void kept.push(storing) })
    // A client that leaves ends its request: a write may be done all the same, and others may wait for a read.
    asked.waitUntil(answer.catch(() => undefined))
    return await answer
  } finally {
    asked.waitUntil(Promise.allSettled(kept).then(() => Promise.allSettled(closers.map((close) => close()))))
  }
}

/** A store is not believed: what it gives must be what the tool could have answered. */
function readerOf({ output }: Tool) {
  return (value: unknown) => {
    const parsed = output?.safeParse(value)
    return parsed?.success === true ? { value: parsed.data } : undefined
  }
}

/** A toolset that keeps no answer has no plan, so its tools cost nothing more than before. */
function plansOf({ name, tools }: Toolset): [Tool, Plan][] {
  const rules = tools.flatMap(({ cache }) => cache ?? [])
  if (rules.length === 0) return []
  const outdates = new Set(rules.map(audienceOf))
  return tools
    .filter(({ cache, annotations }) => cache !== undefined || !annotations.readOnlyHint)
    .map((tool) => [tool, { toolset: name, rule: tool.cache, outdates }])
}
