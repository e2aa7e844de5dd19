/** Get or load: values kept for a while in a store that may be slow, empty, broken or lying; no call fails for it. */

import * as z from 'zod'
import { within } from '../resilience/timeout.ts'
import { createPatience, type PatienceOptions } from './best-effort.ts'
import { createLoads } from './single-flight.ts'

/** Where entries are kept. `owner` groups names; a name alone tells all entries apart. */
export interface CacheStore {
  get(owner: string, name: string): Promise<string | undefined>
  set(owner: string, name: string, value: string, ttlMs: number): Promise<void>
}

/** What is wanted, and from where. */
export interface Wanted<T> {
  readonly store: CacheStore
  readonly owner: string
  /** The entry's name: a hash of everything that it depends on. */
  readonly name: string
  /** The name of the generation that it belongs to: what a write moves on. */
  readonly generation: string
  readonly ttlMs: number
  readonly signal: AbortSignal
  /** What the store has is looked at like a stranger's: undefined means that it is not such a value. */
  read(value: unknown): { readonly value: T } | undefined
  /** For what the answer does not wait for. */
  waitUntil(work: Promise<unknown>): void
}

export interface Got<T> {
  readonly value: T
  /** `hit` also where another call's load of the same was waited for. */
  readonly status: 'hit' | 'miss'
  /** How old it is, in milliseconds. */
  readonly ageMs: number
}

export interface Cache {
  /** Rejects with what `load` rejects with, and with nothing else. */
  getOrLoad<T>(wanted: Wanted<T>, load: () => Promise<T>): Promise<Got<T>>
  /** From now on nothing of these generations is served. Tried also while the store rests; never rejects. */
  invalidate(
    store: CacheStore,
    generations: readonly (readonly [owner: string, name: string])[],
  ): Promise<void>
}

/** In characters of JSON. A larger value costs more to move and to parse than it saves. */
export const MAX_ENTRY_CHARACTERS = 262_144

/** A generation that has expired is only a miss more, in milliseconds. */
const GENERATION_TTL_MS = 86_400_000

const entrySchema = z.strictObject({
  name: z.string(),
  generation: z.string(),
  stored_at: z.number(),
  json: z.string(),
})

type Entry = z.output<typeof entrySchema>

/** Where a value belongs: its place among the loads, and the generation that it is stored with. */
interface Spot {
  readonly place: string
  readonly current: string
}

/** Made once per isolate. It holds nothing but what is being loaded at the moment. */
export function createCache(options: PatienceOptions): Cache {
  const { now, waitMs } = options
  const { ask, insist } = createPatience(options)
  const loads = createLoads(now)
  const starting = new Map<string, Promise<string | undefined>>()

  /**
   * A generation is a random text and no counter: one that the store lost is made anew, and what belonged to any earlier one can
   * never come back. It is known before the load begins, so what a write overtakes is stored as outdated.
   */
  async function look<T>(wanted: Wanted<T>) {
    const { store, owner, name, generation } = wanted
    const asked = await ask(() => Promise.all([store.get(owner, generation), store.get(owner, name)]))
    if (asked === undefined) return undefined
    const [current, entry] = asked.answer
    if (current !== undefined) return { current, entry: readEntry(entry) }
    const other = starting.get(generation)
    // If the request that starts it is cancelled, its promise never settles.
    const first = await (other === undefined
      ? start(wanted)
      : within(waitMs, other).catch(() => void starting.delete(generation)))
    return first === undefined ? undefined : { current: first, entry: undefined }
  }

  /** One new generation for all who found none, or they would share nothing. */
  function start<T>({ store, owner, generation }: Wanted<T>): Promise<string | undefined> {
    const first = crypto.randomUUID()
    const started = ask(() => store.set(owner, generation, first, GENERATION_TTL_MS))
      .then((set) => set && first)
      .finally(() => starting.delete(generation))
    starting.set(generation, started)
    return started
  }

  async function keep<T>(wanted: Wanted<T>, current: string, json: string): Promise<void> {
    const { store, owner, name, ttlMs } = wanted
    if (json.length > MAX_ENTRY_CHARACTERS) return
    const entry: Entry = { name, generation: current, stored_at: now(), json }
    await ask(() => store.set(owner, name, JSON.stringify(entry), ttlMs))
  }

  /** What is kept, or where it belongs; undefined where the store does not say in time. */
  function find<T>(wanted: Wanted<T>): Promise<Got<T> | Spot | undefined> {
    return loads.look(async (justNow) => {
      const found = await look(wanted)
      if (found === undefined) return undefined
      const { current, entry } = found
      if (entry !== undefined && entry.name === wanted.name && entry.generation === current) {
        const ageMs = Math.max(0, now() - entry.stored_at)
        const kept = ageMs < wanted.ttlMs ? readJson(entry.json, wanted) : undefined
        if (kept !== undefined) return { value: kept.value, status: 'hit', ageMs }
      }
      const place = `${wanted.name} ${current}`
      return shared(justNow(place), wanted) ?? { current, place }
    })
  }

  return {
    async getOrLoad(wanted, load) {
      const found = await find(wanted)
      if (found === undefined) return { value: await load(), status: 'miss', ageMs: 0 }
      if ('status' in found) return found
      const { current, place } = found
      const joined = shared(await loads.join(place, wanted.signal), wanted)
      if (joined !== undefined) return joined
      const value = await loads.lead(place, load, (json) => {
        const kept = keep(wanted, current, json)
        wanted.waitUntil(kept)
        return kept
      })
      return { value, status: 'miss', ageMs: 0 }
    },
    async invalidate(store, generations) {
      // What this isolate finds too slow to read from, others may still be served from.
      await insist(() =>
        Promise.all(
          generations.map(([owner, name]) => store.set(owner, name, crypto.randomUUID(), GENERATION_TTL_MS)),
        ),
      )
    },
  }
}

/** What another call of this isolate has loaded, for this one. */
function shared<T>(json: string | undefined, wanted: Wanted<T>): Got<T> | undefined {
  const read = json === undefined ? undefined : readJson(json, wanted)
  return read && { value: read.value, status: 'hit', ageMs: 0 }
}

function readEntry(text: string | undefined): Entry | undefined {
  const parsed = entrySchema.safeParse(parse(text))
  return parsed.success ? parsed.data : undefined
}

function readJson<T>(json: string, { read }: Wanted<T>): { readonly value: T } | undefined {
  const value = parse(json)
  return value === undefined ? undefined : read(value)
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
