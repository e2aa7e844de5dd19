/** What a handler is given for one call: each part made when it is first asked for, since the quickest calls need none. */

import type { AuditTrail, Connections } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import type { Call, Interaction, Tool } from '../toolkit/tool.ts'
import type { Exchange, Stream } from './call.ts'
import type { Disconnect } from './disconnect.ts'

const OUT_OF_TIME = 'The call ran out of time before what it waits for answered.'

/**
 * Its getters stand on a prototype: in an object literal they would be made anew for every call, and in the part of the heap that
 * only a full collection clears.
 */
export class RunningCall implements Call {
  readonly caller: Caller
  readonly progress: Call['progress']
  readonly interaction: Interaction | undefined
  readonly #tool: Tool
  readonly #exchange: Exchange
  readonly #disconnect: Disconnect
  readonly #audit: AuditTrail | undefined
  #expiry: AbortSignal | undefined
  #signal: AbortSignal | undefined
  #connections: Connections | undefined
  #closers: (() => Promise<void>)[] | undefined

  constructor(
    tool: Tool,
    exchange: Exchange,
    stream: Stream,
    disconnect: Disconnect,
    audit: AuditTrail | undefined,
  ) {
    this.caller = exchange.caller
    this.progress = stream.progress
    this.interaction = stream.interaction
    this.#tool = tool
    this.#exchange = exchange
    this.#disconnect = disconnect
    this.#audit = audit
  }

  get signal(): AbortSignal {
    this.#expiry ??= AbortSignal.timeout(Math.max(0, this.#exchange.deadline - Date.now()))
    this.#signal ??= AbortSignal.any([this.#disconnect.signal(), this.#expiry])
    return this.#signal
  }

  get connections(): Connections {
    this.#connections ??= this.#connect()
    return this.#connections
  }

  /** What a handler threw. Where its signal broke off work because the time was over, that is what the caller is told. */
  faultOf(thrown: unknown): unknown {
    if (this.#expiry?.aborted !== true || this.#disconnect.happened()) return thrown
    if (thrown instanceof RowgateError && thrown.code !== 'UNAVAILABLE') return thrown
    return new RowgateError('QUERY_TIMEOUT', OUT_OF_TIME, { cause: thrown, retryable: true })
  }

  /** Closes what was opened; the answer does not wait for it. */
  end(): void {
    for (const close of this.#closers ?? []) this.#exchange.waitUntil(close())
  }

  #connect(): Connections {
    const closers: (() => Promise<void>)[] = []
    this.#closers = closers
    const onEnd = (close: () => Promise<void>) => void closers.push(close)
    // Connectors know the deadline, and say themselves what they were waiting for.
    const signal = this.#disconnect.signal()
    return this.#exchange.connect(this.#tool.name, { signal, onEnd, audit: this.#audit })
  }
}
