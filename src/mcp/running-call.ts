/** What a handler is given for one call: each part made when it is first asked for, since the quickest calls need none. */

import type { AuditTrail, Connections } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import type { Exchange, Stream } from './call.ts'
import type { Departure } from './departure.ts'
import type { Call, Conversation, Tool } from './tool.ts'

/**
 * Its getters stand on a prototype: in an object literal they would be made anew for every call, and in the part of the heap that
 * only a full collection clears.
 */
export class RunningCall implements Call {
  readonly caller: Caller
  readonly progress: Call['progress']
  readonly conversation: Conversation | undefined
  readonly #tool: Tool
  readonly #exchange: Exchange
  readonly #departure: Departure
  readonly #audit: AuditTrail | undefined
  #connections: Connections | undefined
  #closers: (() => Promise<void>)[] | undefined

  constructor(
    tool: Tool,
    exchange: Exchange,
    stream: Stream,
    departure: Departure,
    audit: AuditTrail | undefined,
  ) {
    this.caller = exchange.caller
    this.progress = stream.progress
    this.conversation = stream.conversation
    this.#tool = tool
    this.#exchange = exchange
    this.#departure = departure
    this.#audit = audit
  }

  get signal(): AbortSignal {
    return this.#departure.signal()
  }

  get connections(): Connections {
    this.#connections ??= this.#connect()
    return this.#connections
  }

  /** Closes what was opened; the answer does not wait for it. */
  end(): void {
    for (const close of this.#closers ?? []) this.#exchange.waitUntil(close())
  }

  #connect(): Connections {
    const closers: (() => Promise<void>)[] = []
    this.#closers = closers
    const onEnd = (close: () => Promise<void>) => void closers.push(close)
    return this.#exchange.connect(this.#tool.name, { signal: this.signal, onEnd, audit: this.#audit })
  }
}
