/** How long something is waited for. */

/** The work's answer; rejects when it takes longer than `ms` milliseconds, or as soon as the signal says so. */
export function within<T>(ms: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
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
