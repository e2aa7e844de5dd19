/** Retry: exponential backoff with full jitter, within a deadline. */

export interface RetryOptions {
  /** Including the first. */
  readonly attempts: number
  /** Upper bound of the first wait, in milliseconds; doubles with each attempt. */
  readonly baseMs: number
  /** Upper bound of every wait, in milliseconds. */
  readonly capMs: number
  /** No attempt starts after it. In milliseconds since the epoch. */
  readonly deadline: number
  /** Ends a wait at once; the last error is thrown. */
  readonly signal: AbortSignal
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** Whether the error may be transient and the work may run twice. */
  readonly mayRetry: (error: unknown) => boolean
}

/**
 * Wait in milliseconds after failed attempt number `attempt` (from 1). Random up to the bound, so that
 * callers spread out.
 */
export function backoffMs(
  attempt: number,
  options: Pick<RetryOptions, 'baseMs' | 'capMs' | 'random'>,
): number {
  return options.random() * Math.min(options.capMs, options.baseMs * 2 ** (attempt - 1))
}

/**
 * Runs `work` until it succeeds, fails permanently or has no time for another attempt. Throws the last error.
 */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const waitMs = backoffMs(attempt, options)
      const noRoom = options.now() + waitMs >= options.deadline
      if (attempt >= options.attempts || noRoom || options.signal.aborted || !options.mayRetry(error))
        throw error
      if (!(await waited(waitMs, options.signal))) throw error
    }
  }
}

/** True after `ms`; false as soon as the signal is aborted. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (whole: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cut)
      resolve(whole)
    }
    const cut = () => done(false)
    const timer = setTimeout(() => done(true), ms)
    signal.addEventListener('abort', cut, { once: true })
  })
}
