/**
 * Circuit breaker: after repeated failures calls are refused at once; after a pause one trial call is let
 * through.
 */

import { RowgateError } from '../errors.ts'
import { MS_PER_S } from '../units.ts'

export interface CircuitOptions {
  /** Named in the error message, such as `Postgres`. */
  readonly engine: string
  /** Consecutive failures that open the circuit. */
  readonly threshold: number
  /** Time that it stays open, in milliseconds. */
  readonly openMs: number
  readonly now: () => number
}

export interface Circuit {
  /** Throws UNAVAILABLE with `retry_after` (seconds) while the circuit is open. */
  enter(): void
  /** Call after each call that was let through. `answered`: the engine responded, even if with an error. */
  report(answered: boolean): void
}

/** State of one engine in one isolate. Losing it is harmless: the next failures open the circuit again. */
export function createCircuit({ engine, threshold, openMs, now }: CircuitOptions): Circuit {
  let failures = 0
  let openUntil = 0

  return {
    enter() {
      const leftMs = openUntil - now()
      if (failures < threshold) return
      if (leftMs > 0) {
        throw new RowgateError(
          'UNAVAILABLE',
          `${engine} has failed repeatedly, so calls to it are refused for a moment; try again shortly.`,
          { retryable: true, details: { retry_after: Math.ceil(leftMs / MS_PER_S) } },
        )
      }
      // This call is the trial: others are refused until it has reported.
      openUntil = now() + openMs
    },
    report(answered) {
      failures = answered ? 0 : failures + 1
      if (failures >= threshold) openUntil = now() + openMs
    },
  }
}
