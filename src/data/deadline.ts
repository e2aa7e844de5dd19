/** How long a caller waits for an engine: until the call's deadline, or until it is cancelled. */

import { RowgateError } from '../infra/errors.ts'

/** The engine's own limit is this much earlier than the call's, or a tenth of it if that is less: its error says more than ours. */
const ANSWER_GRACE_MS = 1_000
const ANSWER_GRACE_SHARE = 0.1

/** What an engine may take of the time that is left, in whole milliseconds. */
export function engineShareMs(leftMs: number): number {
  return Math.max(1, Math.floor(leftMs - Math.min(ANSWER_GRACE_MS, leftMs * ANSWER_GRACE_SHARE)))
}

/**
 * For an engine that cannot be told. `deadline` in milliseconds since the epoch. `abandon` is called when nobody waits for the
 * work any more.
 */
export async function withinTime<T>(
  { signal, deadline }: { readonly signal: AbortSignal; readonly deadline: number },
  work: () => Promise<T>,
  abandon: () => void = () => undefined,
): Promise<T> {
  const leftMs = deadline - Date.now()
  if (signal.aborted) throw cancelled()
  if (leftMs <= 0) throw timedOut()
  const { promise: over, reject } = Promise.withResolvers<never>()
  const give = (reason: RowgateError) => {
    abandon()
    reject(reason)
  }
  const timer = setTimeout(() => give(timedOut()), leftMs)
  const cancel = () => give(cancelled())
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await Promise.race([work(), over])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
  }
}

function cancelled(): RowgateError {
  return new RowgateError('UNAVAILABLE', 'The call was cancelled.')
}

function timedOut(): RowgateError {
  return new RowgateError('QUERY_TIMEOUT', 'The call ran out of time before the database answered.')
}
