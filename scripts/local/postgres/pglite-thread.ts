/** Runs the embedded Postgres in a thread and enforces a statement timeout. */

import { Worker } from 'node:worker_threads'
import { PostgresError } from './backend.ts'

/**
 * Grace period for a statement whose client has gone. PGlite cannot cancel a statement, only restart, and
 * that stops everybody for a second.
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

  /** Kills the thread in the middle of its work. Postgres recovers from its log when it opens again. */
  async restart(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    await thread?.terminate()
    await this.open()
  }

  /**
   * Sends protocol bytes and gives the response. One call at a time: the caller must wait before the next.
   * `signal` aborts when the client has gone.
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
