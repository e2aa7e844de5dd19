/** Opens one call's connections, each when the tool first uses it. */

import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import type { Observe, Watched } from '../infra/observability/query-monitor.ts'
import type { RequestContext } from '../infra/request-context.ts'
import type { CallScope, Open } from './call-scope.ts'
import type { ConnectionName, Connections, Openers, SourceOpeners } from './connections.ts'
import { engines } from './engines.ts'

export type Connect = (
  request: RequestContext,
  tool: string,
  call: Pick<CallScope, 'signal' | 'onEnd' | 'audit'>,
) => Connections

export interface ConnectOptions {
  readonly openers: Openers
  readonly sources: SourceOpeners
  /** Observes the round trips of one call. */
  watch(watched: Watched): Observe
}

/** The settings that configure each connection. */
const SETTINGS: Readonly<Record<ConnectionName, string>> = Object.assign(
  {},
  ...engines.map(({ settings }) => settings),
)

/**
 * A class, so that its getters are on the prototype: an object of closures would be allocated for every call,
 * and most calls use one engine or none.
 */
class CallConnections {
  readonly #openers: Openers
  readonly #sources: SourceOpeners
  readonly #caller: Caller
  readonly #call: CallScope
  #opened: Partial<Connections> = {}
  #openedSources: Map<string, Connections['postgres']> | undefined

  constructor({ openers, sources }: ConnectOptions, caller: Caller, call: CallScope) {
    this.#openers = openers
    this.#sources = sources
    this.#caller = caller
    this.#call = call
  }

  connection<Name extends ConnectionName>(name: Name): Connections[Name] {
    const known: Connections[Name] | undefined = this.#opened[name]
    if (known !== undefined) return known
    const open: Open<Connections[Name]> | undefined = this.#openers[name]
    if (open === undefined) throw notConfigured(name)
    const made = open(this.#caller, this.#call)
    this.#opened = { ...this.#opened, [name]: made }
    return made
  }

  source(name: string): Connections['postgres'] {
    const known = this.#openedSources?.get(name)
    if (known !== undefined) return known
    const open = this.#sources.get(name)
    if (open === undefined) throw new Error(`There is no source ${name}.`)
    const made = open(this.#caller, this.#call)
    this.#openedSources = new Map(this.#openedSources).set(name, made)
    return made
  }
}

for (const name of Object.keys(SETTINGS) as ConnectionName[]) {
  Object.defineProperty(CallConnections.prototype, name, {
    get(this: CallConnections) {
      return this.connection(name)
    },
  })
}

function notConfigured(name: ConnectionName): RowgateError {
  const message = `This engine is not configured. The operator sets ${SETTINGS[name]}.`
  return new RowgateError('UNAVAILABLE', message)
}

export function createConnect(options: ConnectOptions): Connect {
  const { watch } = options
  return ({ caller, deadline, record, waitUntil }, tool, call) => {
    const observe = watch({ record, tool, waitUntil })
    const scope = { ...call, deadline, observe, traceId: record.traceId }
    // The loop above defines the getters that the type requires; a class cannot declare them.
    return new CallConnections(options, caller, scope) as unknown as Connections
  }
}
