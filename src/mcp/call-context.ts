/**
 * The context that a tool's handler gets for one call. Each part is made at its first use, since the quickest
 * calls need none.
 */

import type { AuditTrail } from '../data/audit-trail.ts'
import type { Connections } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import type { RequestContext } from '../infra/request-context.ts'
import type { Services, Source } from '../toolkit/services.ts'
import type { CallContext, CallSource, Interaction, Tool } from '../toolkit/tool.ts'
import type { Disconnect } from './disconnect.ts'
import type { EndpointParts } from './endpoint-parts.ts'

/** Messages to the client before the result (progress, questions); the fast path has none. */
export interface Channel extends Pick<CallContext, 'progress'> {
  /** `unaudited`: connections whose writes are not the call's own. */
  interaction?(unaudited: () => Connections): Interaction
}

const OUT_OF_TIME = 'The call ran out of time while it waited for another service.'

/**
 * A class, so that its getters are on the prototype: an object literal would allocate them for every call, in
 * V8's old generation.
 */
export class LazyCallContext implements CallContext {
  readonly caller: Caller
  readonly services: Services
  readonly progress: CallContext['progress']
  readonly interaction: CallContext['interaction']
  readonly #tool: Tool
  readonly #chosen: Source | undefined
  readonly #request: RequestContext
  readonly #parts: EndpointParts
  readonly #disconnect: Disconnect
  readonly #audit: AuditTrail | undefined
  #expiry: AbortSignal | undefined
  #signal: AbortSignal | undefined
  #connections: Connections | undefined
  #closers: (() => Promise<void>)[] | undefined

  constructor(
    { tool, source }: { tool: Tool; source: Source | undefined },
    request: RequestContext,
    parts: EndpointParts,
    channel: Channel,
    disconnect: Disconnect,
    audit: AuditTrail | undefined,
  ) {
    this.caller = request.caller
    this.services = parts.services
    this.progress = channel.progress
    this.#tool = tool
    this.#chosen = source
    this.#request = request
    this.#parts = parts
    this.#disconnect = disconnect
    this.#audit = audit
    this.interaction = channel.interaction?.(() => this.#connect(undefined))
  }

  get signal(): AbortSignal {
    this.#expiry ??= AbortSignal.timeout(Math.max(0, this.#request.deadline - Date.now()))
    this.#signal ??= AbortSignal.any([this.#disconnect.signal(), this.#expiry])
    return this.#signal
  }

  get connections(): Connections {
    this.#connections ??= this.#connect(this.#audit)
    return this.#connections
  }

  get source(): CallSource {
    const source = this.#chosen ?? this.services.sources[0]
    if (source === undefined) throw new Error('This deployment has no source.')
    const connect = () => this.connections.source(source.name)
    return {
      ...source,
      get postgres() {
        return connect()
      },
    }
  }

  get waitUntil(): CallContext['waitUntil'] {
    return this.#request.waitUntil
  }

  /** The error of a handler that threw: QUERY_TIMEOUT where the deadline aborted its signal. */
  errorOf(cause: unknown): unknown {
    if (this.#expiry?.aborted !== true || this.#disconnect.happened()) return cause
    if (cause instanceof RowgateError && cause.code !== 'UNAVAILABLE') return cause
    return new RowgateError('QUERY_TIMEOUT', OUT_OF_TIME, { cause, retryable: true })
  }

  /** Closes the connections that the call opened. The response does not wait for it. */
  end(): void {
    for (const close of this.#closers ?? []) this.#request.waitUntil(close())
  }

  #connect(audit: AuditTrail | undefined): Connections {
    const closers = this.#closers ?? []
    this.#closers = closers
    const onEnd = (close: () => Promise<void>) => void closers.push(close)
    // Without the timeout: connectors know the deadline, and their own error says what they were waiting for.
    const signal = this.#disconnect.signal()
    return this.#parts.connect(this.#request, this.#tool.name, { signal, onEnd, audit })
  }
}
