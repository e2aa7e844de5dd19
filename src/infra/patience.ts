/** Asking a store that calls can do without: it answers in time or is taken for silent, and rests once it keeps failing. */

import { createCircuit } from './circuit.ts'
import { within } from './within.ts'

export interface PatienceOptions {
  readonly now: () => number
  /** What a call waits for the store, in milliseconds: where it takes longer the database is as fast. */
  readonly waitMs: number
  /** Told when the store has failed repeatedly and is left alone for a while. */
  readonly onOutage: (cause: unknown) => void
}

/** What the store answers in time, or undefined where it does not. Never rejects. */
export type Ask = <T>(work: () => Promise<T>) => Promise<{ readonly answer: T } | undefined>

/** Failures in a row after which the store is left alone, and for how long, in milliseconds. */
const FAILURES = 3
const REST_MS = 10_000

/** Made once per isolate, for one store. */
export function createAsk({ now, waitMs, onOutage }: PatienceOptions): Ask {
  const circuit = createCircuit({ engine: 'The cache', threshold: FAILURES, openMs: REST_MS, now })
  let failures = 0

  return async (work) => {
    try {
      circuit.enter()
    } catch {
      return undefined
    }
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
}
