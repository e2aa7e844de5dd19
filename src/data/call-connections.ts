/** One call's databases, each opened when the tool first asks for it. */

import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import type { CallScope, Connections, Engine, Open, Settled } from './connections.ts'

/** What opens each engine that is configured. */
export type Openers = { readonly [E in Engine]?: Open<E> }

/** What an operator sets to have an engine. */
const SETTINGS: Readonly<Record<Engine, string>> = {
  postgres: 'DATABASE_URL',
  mysql: 'MYSQL_URL or HYPERDRIVE_MYSQL',
  d1: 'the binding DB',
  mongodb: 'MONGODB_URL',
  redis: 'REDIS_URL',
  owner: 'DATABASE_OWNER_URL',
}

/** A class, and not an object of closures: one is made for every call, and most calls ask for one engine or none. */
export class CallConnections implements Connections {
  readonly embedder: Connections['embedder']
  readonly sqlSchemas: Connections['sqlSchemas']
  readonly health: Connections['health']
  readonly #open: Openers
  readonly #caller: Caller
  readonly #call: CallScope
  #opened: Partial<Pick<Connections, Engine>> = {}

  constructor(open: Openers, settled: Settled, caller: Caller, call: CallScope) {
    this.embedder = settled.embedder
    this.sqlSchemas = settled.sqlSchemas
    this.health = settled.health
    this.#open = open
    this.#caller = caller
    this.#call = call
  }

  get postgres(): Connections['postgres'] {
    return this.#engine('postgres')
  }

  get mysql(): Connections['mysql'] {
    return this.#engine('mysql')
  }

  get d1(): Connections['d1'] {
    return this.#engine('d1')
  }

  get mongodb(): Connections['mongodb'] {
    return this.#engine('mongodb')
  }

  get redis(): Connections['redis'] {
    return this.#engine('redis')
  }

  get owner(): Connections['owner'] {
    return this.#engine('owner')
  }

  #engine<E extends Engine>(name: E): Connections[E] {
    const known: Connections[E] | undefined = this.#opened[name]
    if (known !== undefined) return known
    const made = configured<Open<E>>(this.#open[name], SETTINGS[name])(this.#caller, this.#call)
    this.#opened = { ...this.#opened, [name]: made }
    return made
  }
}

function configured<T>(open: T | undefined, setting: string): T {
  if (open !== undefined) return open
  throw new RowgateError('UNAVAILABLE', `This engine is not configured. The operator sets ${setting}.`)
}
