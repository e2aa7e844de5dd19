/** What becomes of a call whose client goes away: its work is told, and seen through to its end. */

/**
 * How many turns of the microtask queue a call has that asks nobody outside. No event comes between two of them, so what is over
 * by then needs no listener, and making one costs a tenth of a plain call; what is not costs a listener, and nothing else.
 */
const TURNS = 12

/**
 * The platform drops a request whose client has gone where it stands: no `finally` of it runs. From the moment the client goes,
 * `seeThrough` keeps the call alive until it is over.
 */
export class Departure {
  readonly #request: AbortSignal
  readonly #seeThrough: () => void
  #gone: AbortController | undefined
  #listener: (() => void) | undefined
  #over = false

  constructor(request: AbortSignal, seeThrough: () => void) {
    this.#request = request
    this.#seeThrough = seeThrough
  }

  /** Not the request's own: workerd's fetch lets go for any other signal, but not for that one. Made when it is first read. */
  get signal(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController()
      if (this.#request.aborted) this.#gone.abort(this.#request.reason)
    }
    return this.#gone.signal
  }

  /** The call is over. */
  end(): void {
    this.#over = true
    // What the request's own signal holds on to would live until the next full collection.
    if (this.#listener !== undefined) this.#request.removeEventListener('abort', this.#listener)
  }

  /** Begins to look out for it. */
  async watch(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (this.#over) return
      await undefined
    }
    if (this.#request.aborted) return this.#depart()
    this.#listener = () => this.#depart()
    this.#request.addEventListener('abort', this.#listener, { once: true })
  }

  #depart(): void {
    this.#gone?.abort(this.#request.reason)
    this.#seeThrough()
  }
}
