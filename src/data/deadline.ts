/** How long a caller waits for an engine that cannot be told itself: until the call's deadline, or until it is cancelled. */

import { RowgateError } from '../infra/errors.ts'

/** `deadline` in milliseconds since the epoch. `abandon` is called when nobody waits for the work any more. */
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
