/** Limits the wait for an engine: until the call's deadline, or until it is cancelled. */

import { cancelledError, RowgateError } from '../infra/errors.ts'
import { WaitEnded, waitFor } from '../infra/resilience/timeout.ts'

/**
 * The engine's own timeout is this much earlier than the call's, or a tenth if that is less: its error says
 * more than ours.
 */
const ANSWER_GRACE_MS = 1_000
const ANSWER_GRACE_SHARE = 0.1

/** The engine's share of the time left, in whole milliseconds. */
export function engineShareMs(leftMs: number): number {
  return Math.max(1, Math.floor(leftMs - Math.min(ANSWER_GRACE_MS, leftMs * ANSWER_GRACE_SHARE)))
}

/**
 * For work that takes no signal. `deadline` in milliseconds since the epoch; `abandon` is called when the
 * wait ends before the work.
 */
export async function withinDeadline<T>(
  { signal, deadline }: { readonly signal: AbortSignal; readonly deadline: number },
  work: () => Promise<T>,
  abandon: () => void = () => undefined,
): Promise<T> {
  const leftMs = deadline - Date.now()
  if (signal.aborted) throw cancelledError()
  if (leftMs <= 0) throw timedOutError()
  try {
    return await waitFor(work(), { ms: leftMs, signal })
  } catch (cause) {
    if (!(cause instanceof WaitEnded)) throw cause
    abandon()
    throw cause.why === 'abort' ? cancelledError() : timedOutError()
  }
}

export function timedOutError(cause?: unknown): RowgateError {
  return new RowgateError('QUERY_TIMEOUT', 'The call ran out of time before the database answered.', {
    cause,
  })
}
