/** Generations: a write replaces one, and so invalidates every entry that was stored under it. */

import { waitFor } from '../resilience/timeout.ts'
import type { BestEffort } from './best-effort.ts'
import type { CacheStore } from './store.ts'

export interface GenerationOf {
  readonly store: CacheStore
  readonly group: string
  /** Name of the generation. */
  readonly generation: string
}

export interface Generations {
  /** A new one; undefined if the store does not take it in time. */
  start(of: GenerationOf): Promise<string | undefined>
  /** Replaces these, also while the store's circuit is open. Never rejects. */
  replace(store: CacheStore, names: readonly (readonly [group: string, name: string])[]): Promise<void>
}

/** In milliseconds. An expired generation costs one more miss. */
const TTL_MS = 86_400_000

/**
 * A generation is a random string, not a counter: if the store loses one, older entries can never become
 * valid again.
 */
export function createGenerations({ attempt, attemptAlways }: BestEffort, waitMs: number): Generations {
  const starting = new Map<string, Promise<string | undefined>>()

  function begin({ store, group, generation }: GenerationOf): Promise<string | undefined> {
    const first = crypto.randomUUID()
    const started = attempt(() => store.set(group, generation, first, TTL_MS))
      .then((set) => set && first)
      .finally(() => starting.delete(generation))
    starting.set(generation, started)
    return started
  }

  return {
    start(of) {
      // One for all concurrent calls that found none; otherwise they would share nothing.
      const other = starting.get(of.generation)
      if (other === undefined) return begin(of)
      // With a timeout: if the request that starts it is cancelled, its promise never settles.
      return waitFor(other, { ms: waitMs }).catch(() => void starting.delete(of.generation))
    },
    async replace(store, names) {
      // Also while the circuit is open: a store too slow for this isolate may still serve others.
      await attemptAlways(() =>
        Promise.all(names.map(([group, name]) => store.set(group, name, crypto.randomUUID(), TTL_MS))),
      )
    },
  }
}
