/**
 * Wraps an optional store with a timeout and a circuit breaker, so that no call fails or waits because of it.
 */

import { createCircuit } from '../resilience/circuit-breaker.ts'
import { waitFor } from '../resilience/timeout.ts'

export interface BestEffortOptions {
  readonly now: () => number
  /** Timeout in milliseconds. A store slower than this is no faster than the database. */
  readonly waitMs: number
  /** Called when the store has failed repeatedly and its circuit opens. */
  readonly onOutage: (cause: unknown) => void
}

/** The store's answer, or undefined after a failure or the timeout. Never rejects. */
type Attempt = <T>(work: () => Promise<T>) => Promise<{ readonly answer: T } | undefined>

/** Failures in a row that open the circuit, and how long it stays open, in milliseconds. */
const FAILURES = 3
const OPEN_MS = 10_000

export interface BestEffort {
  /** Does nothing while the circuit is open. */
  readonly attempt: Attempt
  /** Tries also while the circuit is open: for a write that other isolates rely on. */
  readonly attemptAlways: Attempt
}

export function createBestEffort({ now, waitMs, onOutage }: BestEffortOptions): BestEffort {
  const circuit = createCircuit({ engine: 'The cache', threshold: FAILURES, openMs: OPEN_MS, now })
  let failures = 0

  const attemptAlways: Attempt = async (work) => {
    try {
      const answer = await waitFor(work(), { ms: waitMs })
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
    attemptAlways,
    async attempt(work) {
      try {
        circuit.enter()
      } catch {
        return undefined
      }
      return attemptAlways(work)
    },
  }
}
