/** One call's databases, named after the capabilities of the engines in engines.ts. */

import type { Open } from './call-scope.ts'
import type { Engine } from './engine.ts'
import type { engines } from './engines.ts'

type CapabilitiesOf<E> = E extends Engine<infer Capabilities> ? Capabilities : never
type Capabilities = CapabilitiesOf<(typeof engines)[number]>
type KeyOf<T> = T extends unknown ? keyof T : never

export type ConnectionName = KeyOf<Capabilities>

type ByName = {
  readonly [Name in ConnectionName]: Extract<Capabilities, Readonly<Record<Name, unknown>>>[Name]
}

/**
 * A property opens its engine on first use; an engine that is not configured is UNAVAILABLE. `postgres` is
 * the first source.
 */
export interface Connections extends ByName {
  /** Another source of Postgres, by its name. */
  source(name: string): ByName['postgres']
}

/** The opener of each connection that is configured. */
export type Openers = { readonly [Name in ConnectionName]?: Open<Connections[Name]> }

export type SourceOpeners = ReadonlyMap<string, Open<Connections['postgres']>>
