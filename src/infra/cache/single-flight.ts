/** Loads of one isolate that several calls want at once: one of them loads, the others take what it brings. */

import { within } from '../resilience/timeout.ts'

/** How long another call's load is waited for, in milliseconds: if that request is cancelled, its promise never settles. */
const JOIN_WAIT_MS = 5_000

/** Where the first comes to nothing, one of those who waited loads, and the others wait for that one; then each for itself. */
const MAX_JOINS = 2

/** Loads that have ended and are remembered for those who still look. More in one moment than this are loaded twice. */
const MAX_ENDED = 16

interface Loading {
  readonly startedAt: number
  /** The value as JSON; undefined where there is none to share. */
  readonly done: Promise<string | undefined>
}

interface Ended {
  readonly place: string
  readonly json: string
  /** How many had ended before. */
  readonly at: number
}

/** A place is what tells loads apart; values are JSON. */
export interface Loads {
  /**
   * Looks where values are kept. `justNow` says what was loaded and kept since the look began: whoever looks may have been told
   * that there is nothing just before.
   */
  look<T>(work: (justNow: (place: string) => string | undefined) => Promise<T>): Promise<T>
  /** What another call is loading, or undefined where that comes to nothing. */
  join(place: string, signal: AbortSignal): Promise<string | undefined>
  /** Loads, for all who join; `keep` begins when the value is there. Until that is done, whoever joins takes it from here. */
  lead<T>(place: string, load: () => Promise<T>, keep: (json: string) => Promise<void>): Promise<T>
}

/** Made once per isolate. It holds what is being loaded, and what was while somebody still looks. */
export function createLoads(now: () => number): Loads {
  const loading = new Map<string, Loading>()
  let ended: Ended[] = []
  let ends = 0
  let looking = 0

  return {
    async look(work) {
      const since = ends
      looking += 1
      try {
        return await work((place) => ended.find((load) => load.place === place && load.at > since)?.json)
      } finally {
        looking -= 1
        if (looking === 0) ended = []
      }
    },
    async join(place, signal) {
      for (let times = 0; times < MAX_JOINS; times += 1) {
        const other = loading.get(place)
        if (other === undefined || now() - other.startedAt >= JOIN_WAIT_MS) return undefined
        const json = await within(JOIN_WAIT_MS, other.done, signal).catch(() => undefined)
        if (json !== undefined) return json
      }
      return undefined
    },
    async lead(place, load, keep) {
      const { promise, resolve } = Promise.withResolvers<string | undefined>()
      const mine = { startedAt: now(), done: promise }
      loading.set(place, mine)
      const leave = () => {
        if (loading.get(place) === mine) loading.delete(place)
      }
      const leaveKept = (json: string) => {
        leave()
        ends += 1
        if (looking > 0) ended = [...ended, { place, json, at: ends }].slice(-MAX_ENDED)
      }
      try {
        const value = await load()
        const json: string | undefined = JSON.stringify(value)
        resolve(json)
        if (json === undefined) leave()
        else void keep(json).finally(() => leaveKept(json))
        return value
      } catch (thrown) {
        leave()
        resolve(undefined)
        throw thrown
      }
    },
  }
}
