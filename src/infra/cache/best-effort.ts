/** Asking a store that calls can do without: it answers in time or is taken for silent, and rests once it keeps failing. */

import { createCircuit } from '../resilience/circuit-breaker.ts'
import { within } from '../resilience/timeout.ts'

export interface PatienceOptions {
  readonly now: () => number
  /** What a call waits for the store, in milliseconds: where it takes longer the database is as fast. */
  readonly waitMs: number
  /** Told when the store has failed repeatedly and rests for a while. */
  readonly onOutage: (cause: unknown) => void
}

/** What the store answers in time, or undefined where it does not. Never rejects. */
type Ask = <T>(work: () => Promise<T>) => Promise<{ readonly answer: T } | undefined>

/** Failures in a row after which the store is left alone, and for how long, in milliseconds. */
const FAILURES = 3
const REST_MS = 10_000

export interface Patience {
  /** Asks unless the store rests. */
  readonly ask: Ask
  /** Asks also while it rests: for what others rely on, however slow the store is for this isolate. */
  readonly insist: Ask
}

/** Made once per isolate, for one store. */
export function createPatience({ now, waitMs, onOutage }: PatienceOptions): Patience {
  const circuit = createCircuit({ engine: 'The cache', threshold: FAILURES, openMs: REST_MS, now })
  let failures = 0

  const insist: Ask = async (work) => {
    try {
      const answer = await within(waitMs, work())
      circuit.report(true)
      failures = 0
      return { answer }
    } catch (cause) {
      circuit.report(false)
      failures += 1
      if (failures === FAILURES) onOutage(cause)
      return undefined
    }
  }

  return {
    insist,
    async ask(work) {
      try {
        circuit.enter()
      } catch {
        return undefined
      }
      return insist(work)
    },
  }
}
