/** Waiting for a promise with a timeout, an abort signal, or both. */

export interface WaitLimits {
  readonly ms?: number
  readonly signal?: AbortSignal | undefined
}

/** A wait ended before the work did. */
export class WaitEnded extends Error {
  override readonly name = 'WaitEnded'
  readonly why: 'timeout' | 'abort'

  constructor(why: 'timeout' | 'abort', { ms }: WaitLimits) {
    super(why === 'timeout' ? `Nothing came within ${ms} ms.` : 'The wait was aborted.')
    this.why = why
  }
}

/** Settles like `work`, or rejects with `WaitEnded` at the first limit. The work itself is not cancelled. */
export function waitFor<T>(work: Promise<T>, limits: WaitLimits): Promise<T> {
  const { ms, signal } = limits
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(new WaitEnded('abort', limits))
    const timer =
      ms === undefined ? undefined : setTimeout(() => reject(new WaitEnded('timeout', limits)), ms)
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    })
  })
}
