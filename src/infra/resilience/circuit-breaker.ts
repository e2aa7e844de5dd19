/** A circuit breaker: after repeated faults it refuses at once, and lets one call through to see whether they are over. */

import { RowgateError } from '../errors.ts'
import { MS_PER_S } from '../units.ts'

export interface CircuitOptions {
  /** What is named in the refusal, such as `Postgres`. */
  readonly engine: string
  /** Faults in a row that open it. */
  readonly threshold: number
  /** How long it stays open, in milliseconds. */
  readonly openMs: number
  readonly now: () => number
}

export interface Circuit {
  /** Throws UNAVAILABLE with `retry_after` (seconds) while it is open. */
  enter(): void
  /** What came of a call that was let through: whether the engine answered, be it with an error. */
  report(answered: boolean): void
}

/** State of one engine in one isolate. It may be forgotten at any moment: the next faults open it again. */
export function createCircuit({ engine, threshold, openMs, now }: CircuitOptions): Circuit {
  let faults = 0
  let openUntil = 0

  return {
    enter() {
      const leftMs = openUntil - now()
      if (faults < threshold) return
      if (leftMs > 0) {
        throw new RowgateError(
          'UNAVAILABLE',
          `${engine} has failed repeatedly and is given a rest; try again shortly.`,
          {
            retryable: true,
            details: { retry_after: Math.ceil(leftMs / MS_PER_S) },
          },
        )
      }
      // This call is the trial; others are refused until it has reported.
      openUntil = now() + openMs
    },
    report(answered) {
      faults = answered ? 0 : faults + 1
      if (faults >= threshold) openUntil = now() + openMs
    },
  }
}
