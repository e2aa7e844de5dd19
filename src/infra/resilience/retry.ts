/** Tries again after a fault that may pass: exponential backoff with full jitter, within a deadline. */

export interface RetryOptions {
  /** Tries in all, the first included. */
  readonly attempts: number
  /** The longest first wait, in milliseconds; each later one may be twice as long. */
  readonly baseMs: number
  /** No wait is longer than this, in milliseconds. */
  readonly capMs: number
  /** When there is no point in waiting any more, in milliseconds since the epoch. */
  readonly deadline: number
  /** Ends a wait at once; the fault that was being waited out is thrown. */
  readonly signal: AbortSignal
  readonly now: () => number
  /** From 0 up to, but not, 1. */
  readonly random: () => number
  /** Whether this fault may be gone the next time, and the work may be done twice. */
  readonly mayRetry: (fault: unknown) => boolean
}

/** How long to wait before try number `attempt` (the second is 1): anything up to the doubling bound, so that callers spread. */
export function backoffMs(
  attempt: number,
  options: Pick<RetryOptions, 'baseMs' | 'capMs' | 'random'>,
): number {
  return options.random() * Math.min(options.capMs, options.baseMs * 2 ** (attempt - 1))
}

/** Runs `work` until it succeeds, fails for good, or the deadline leaves no room. Throws the last fault. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (fault) {
      const waitMs = backoffMs(attempt, options)
      const noRoom = options.now() + waitMs >= options.deadline
      if (attempt >= options.attempts || noRoom || options.signal.aborted || !options.mayRetry(fault))
        throw fault
      if (!(await waited(waitMs, options.signal))) throw fault
    }
  }
}

/** True after the time, false as soon as the signal is aborted. */
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
