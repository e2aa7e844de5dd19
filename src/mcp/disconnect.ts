/** What becomes of a call whose client goes away: its work is told, and seen through to its end. */

/**
 * How many turns of the microtask queue a call has that asks nobody outside. No event comes between two of them, so what is over
 * by then needs no listener, and making one costs a tenth of a plain call; what is not costs a listener, and nothing else.
 */
const TURNS = 12

export interface Departure {
  /** Aborted when the client goes. Not the request's own: workerd's fetch lets go for any other signal, but not for that one. */
  signal(): AbortSignal
  /** Begins to look out for it. */
  watch(): Promise<void>
  /** The call is over. */
  end(): void
}

/**
 * The platform drops a request whose client has gone where it stands: no `finally` of it runs. From the moment the client goes,
 * `seeThrough` keeps the call alive until it is over.
 *
 * No class: V8 forgets the shape of a class's objects at each full collection that finds none alive, and with it the optimised
 * code of every call.
 */
export function departureOf(request: AbortSignal, seeThrough: () => void): Departure {
  let gone: AbortController | undefined
  let listening = false
  let over = false

  function depart(): void {
    gone?.abort(request.reason)
    seeThrough()
  }

  return {
    signal() {
      if (gone === undefined) {
        gone = new AbortController()
        if (request.aborted) gone.abort(request.reason)
      }
      return gone.signal
    },
    async watch() {
      for (let turn = 0; turn < TURNS; turn += 1) {
        await undefined
        if (over) return
      }
      if (request.aborted) return depart()
      listening = true
      request.addEventListener('abort', depart, { once: true })
    },
    end() {
      over = true
      // What the request's own signal holds on to would live until the next full collection.
      if (listening) request.removeEventListener('abort', depart)
    },
  }
}
