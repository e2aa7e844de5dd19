/** Single flight: of concurrent equal loads in an isolate one runs, and the others wait for its value. */

import { waitFor } from '../resilience/timeout.ts'

/**
 * Timeout for another call's load, in milliseconds. If its request is cancelled, its promise never settles.
 */
const JOIN_WAIT_MS = 5_000

/**
 * Joins per call. After a failed load one waiter retries while the others wait for it; after a second failure
 * each loads on its own.
 */
const MAX_JOINS = 2

/** Finished loads to remember while lookups are running. If more finish at once, some are loaded twice. */
const MAX_ENDED = 16

interface Loading {
  readonly startedAt: number
  /** The value as JSON; undefined if the load failed or has no JSON. */
  readonly done: Promise<string | undefined>
}

interface Ended {
  readonly key: string
  readonly json: string
  /** Sequence number of finished loads. */
  readonly at: number
}

/** Loads with equal keys are equal. Values are JSON. */
export interface SingleFlight {
  /**
   * Runs a store lookup. `justLoaded(key)` gives a value that another call stored after this lookup began,
   * which the lookup may have missed.
   */
  lookup<T>(work: (justLoaded: (key: string) => string | undefined) => Promise<T>): Promise<T>
  /** Waits for another call's load of this key; undefined if there is none or it fails. */
  join(key: string, signal: AbortSignal): Promise<string | undefined>
  /** Loads, and shares the value with every call that joins until `keep` has stored it. */
  load<T>(key: string, load: () => Promise<T>, keep: (json: string) => Promise<void>): Promise<T>
}

export function createSingleFlight(now: () => number): SingleFlight {
  const loading = new Map<string, Loading>()
  let ended: Ended[] = []
  let ends = 0
  let looking = 0

  return {
    async lookup(work) {
      const since = ends
      looking += 1
      try {
        return await work((key) => ended.find((load) => load.key === key && load.at > since)?.json)
      } finally {
        looking -= 1
        if (looking === 0) ended = []
      }
    },
    async join(key, signal) {
      for (let times = 0; times < MAX_JOINS; times += 1) {
        const other = loading.get(key)
        if (other === undefined || now() - other.startedAt >= JOIN_WAIT_MS) return undefined
        const json = await waitFor(other.done, { ms: JOIN_WAIT_MS, signal }).catch(() => undefined)
        if (json !== undefined) return json
      }
      return undefined
    },
    async load(key, load, keep) {
      const { promise, resolve } = Promise.withResolvers<string | undefined>()
      const mine = { startedAt: now(), done: promise }
      loading.set(key, mine)
      const leave = () => {
        if (loading.get(key) === mine) loading.delete(key)
      }
      const leaveKept = (json: string) => {
        leave()
        ends += 1
        if (looking > 0) ended = [...ended, { key, json, at: ends }].slice(-MAX_ENDED)
      }
      try {
        const value = await load()
        const json: string | undefined = JSON.stringify(value)
        resolve(json)
        if (json === undefined) leave()
        else void keep(json).finally(() => leaveKept(json))
        return value
      } catch (cause) {
        leave()
        resolve(undefined)
        throw cause
      }
    },
  }
}
