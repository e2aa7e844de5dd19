/** Waiting with a timeout or until an abort. */

/** The work's result; rejects after `ms` milliseconds, or as soon as the signal is aborted. */
export function withTimeout<T>(ms: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = () => reject(new Error(`Nothing came within ${ms} ms.`))
    const timer = setTimeout(late, ms)
    signal?.addEventListener('abort', late, { once: true })
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', late)
    })
  })
}
