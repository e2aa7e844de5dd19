/**
 * Get or load, through a store that may be slow, empty, down or wrong. No call fails because of the store.
 */

import * as z from 'zod'
import { type BestEffortOptions, createBestEffort } from './best-effort.ts'
import { createGenerations, type GenerationOf, type Generations } from './generations.ts'
import { createSingleFlight } from './single-flight.ts'

export interface Wanted<T> extends GenerationOf {
  /** A hash of everything that the entry depends on. */
  readonly name: string
  readonly ttlMs: number
  readonly signal: AbortSignal
  /** Validates a stored value, which is untrusted input; `undefined` if it is not valid. */
  read(value: unknown): { readonly value: T } | undefined
  /** Keeps the isolate alive for work after the response. */
  waitUntil(work: Promise<unknown>): void
}

export interface Got<T> {
  readonly value: T
  /** Also `hit` if another call loaded the value. */
  readonly status: 'hit' | 'miss'
  /** In milliseconds. */
  readonly ageMs: number
}

export interface Cache {
  /** Rejects only with what `load` rejects with. */
  getOrLoad<T>(wanted: Wanted<T>, load: () => Promise<T>): Promise<Got<T>>
  /** Invalidates all entries of these generations. Never rejects. */
  readonly invalidate: Generations['replace']
}

/** In characters of JSON. Larger values cost more to transfer and to parse than they save. */
export const MAX_ENTRY_CHARACTERS = 262_144

const entrySchema = z.strictObject({
  name: z.string(),
  generation: z.string(),
  stored_at: z.number(),
  json: z.string(),
})

type Entry = z.output<typeof entrySchema>

/** A miss: the key of the load, and the generation to store its value with. */
interface Missing {
  readonly key: string
  readonly current: string
}

/** Holds no values, only running loads. */
export function createCache(options: BestEffortOptions): Cache {
  const { now, waitMs } = options
  const bestEffort = createBestEffort(options)
  const { attempt } = bestEffort
  const generations = createGenerations(bestEffort, waitMs)
  const singleFlight = createSingleFlight(now)

  /**
   * The generation is read before the load begins, so a value whose load a write overtook is stored as
   * outdated.
   */
  async function lookup<T>(wanted: Wanted<T>) {
    const { store, group, name, generation } = wanted
    const asked = await attempt(() => Promise.all([store.get(group, generation), store.get(group, name)]))
    if (asked === undefined) return undefined
    const [current, entry] = asked.answer
    if (current !== undefined) return { current, entry: readEntry(entry) }
    const first = await generations.start(wanted)
    return first === undefined ? undefined : { current: first, entry: undefined }
  }

  async function keep<T>(wanted: Wanted<T>, current: string, json: string): Promise<void> {
    const { store, group, name, ttlMs } = wanted
    if (json.length > MAX_ENTRY_CHARACTERS) return
    const entry: Entry = { name, generation: current, stored_at: now(), json }
    await attempt(() => store.set(group, name, JSON.stringify(entry), ttlMs))
  }

  /** The cached value, or where to store it; undefined if the store does not answer in time. */
  function find<T>(wanted: Wanted<T>): Promise<Got<T> | Missing | undefined> {
    return singleFlight.lookup(async (justLoaded) => {
      const found = await lookup(wanted)
      if (found === undefined) return undefined
      const { current, entry } = found
      if (entry !== undefined && entry.name === wanted.name && entry.generation === current) {
        const ageMs = Math.max(0, now() - entry.stored_at)
        const kept = ageMs < wanted.ttlMs ? readJson(entry.json, wanted) : undefined
        if (kept !== undefined) return { value: kept.value, status: 'hit', ageMs }
      }
      const key = `${wanted.name} ${current}`
      return shared(justLoaded(key), wanted) ?? { current, key }
    })
  }

  return {
    async getOrLoad(wanted, load) {
      const found = await find(wanted)
      if (found === undefined) return { value: await load(), status: 'miss', ageMs: 0 }
      if ('status' in found) return found
      const { current, key } = found
      const joined = shared(await singleFlight.join(key, wanted.signal), wanted)
      if (joined !== undefined) return joined
      const value = await singleFlight.load(key, load, (json) => {
        const kept = keep(wanted, current, json)
        wanted.waitUntil(kept)
        return kept
      })
      return { value, status: 'miss', ageMs: 0 }
    },
    invalidate: generations.replace,
  }
}

/** A value that another call of this isolate loaded. */
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
