/** Runs the embedded Postgres in a thread, and keeps the rule that no statement holds it for longer than a limit. */

import { Worker } from 'node:worker_threads'
import { PostgresError } from './backend.ts'

/**
 * How long a statement may go on when nobody waits for it any more. The embedded Postgres cannot be cancelled, only started
 * anew, which takes a second of everybody's: so what is over soon is let be.
 */
const ABANDONED_MS = 1_000

export class PgliteThread {
  readonly #directory: string
  readonly #limitMs: number
  #thread: Worker | undefined

  constructor(directory: string, limitMs: number) {
    this.#directory = directory
    this.#limitMs = limitMs
  }

  async open(): Promise<void> {
    const thread = new Worker(new URL('pglite-worker.ts', import.meta.url), { workerData: this.#directory })
    await nextMessage(thread)
    this.#thread = thread
  }

  /** Ends the thread in the middle of whatever it does; Postgres recovers from its log when it opens again. */
  async restart(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    await thread?.terminate()
    await this.open()
  }

  /**
   * Sends protocol bytes and gives the answer's. One at a time: the caller waits before the next. `signal` says that nobody waits
   * for the answer any more.
   */
  async send(bytes: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const thread = this.#thread
    if (thread === undefined) throw new PostgresError('57P03', 'the embedded Postgres is not running')
    const { promise: limit, resolve: expire } = Promise.withResolvers<undefined>()
    let timer = setTimeout(expire, this.#limitMs, undefined)
    const hurry = () => {
      clearTimeout(timer)
      timer = setTimeout(expire, Math.min(ABANDONED_MS, this.#limitMs), undefined)
    }
    signal?.addEventListener('abort', hurry, { once: true })
    try {
      const answer = nextMessage(thread)
      thread.postMessage(bytes)
      const first = await Promise.race([answer, limit])
      if (first instanceof Uint8Array) return first
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', hurry)
    }
    await this.restart()
    const cause = signal?.aborted === true ? 'user request' : 'statement timeout'
    throw new PostgresError('57014', `canceling statement due to ${cause}`)
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    if (thread === undefined) return
    const ended = new Promise((resolve) => thread.once('exit', resolve))
    thread.postMessage('close')
    await ended
  }
}

function nextMessage(thread: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
    const onMessage = (message: unknown) => settle(() => resolve(message))
    const onError = (error: unknown) => settle(() => reject(error))
    const onExit = () => settle(() => reject(new Error('The embedded Postgres stopped.')))
    thread.on('message', onMessage).on('error', onError).on('exit', onExit)
  })
}
