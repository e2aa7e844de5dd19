/**
 * What an engine says of itself in its `engine.ts`: its settings, how it is opened and how it is probed. The
 * wiring knows engines by this and nothing else.
 */

import type { CacheStore } from '../infra/cache/cache.ts'
import type { Caller } from '../infra/caller.ts'
import type { Bindings } from '../infra/config/bindings.ts'
import type { SourceLock } from '../infra/config/lock-file.ts'
import type { Config } from '../infra/config/settings.ts'
import type { ConnectedSource } from '../infra/config/sources.ts'
import type { Audit } from './audit-trail.ts'
import type { CallScope, Open } from './call-scope.ts'

/** What a deployment brings. */
export interface EngineContext {
  readonly config: Config
  readonly bindings: Bindings
  /** The databases that `rowgate.yaml` declares; empty where the settings name the only one. */
  readonly sources: readonly ConnectedSource[]
  /** Reports rows of the audit log that could not be written. */
  onAuditLoss(rows: number, cause: unknown): void
}

/** A database of an engine. `Capabilities` are what toolsets may ask of it, by the name of each. */
interface OpenDatabase<Capabilities> {
  readonly open: { readonly [C in keyof Capabilities]?: Open<Capabilities[C]> }
  /** Asks as little as possible, as a caller that owns nothing. Rejects when the engine does not answer. */
  probe(call: CallScope): Promise<unknown>
  /** What the health report adds, from the probe's error or its absence. */
  readonly reportLogin?: (error: unknown) => 'safe' | 'unsafe' | undefined
  /** Where it holds an audit log. */
  readonly audit?: Audit
}

/** An engine that is configured. */
export interface OpenEngine<Capabilities> extends OpenDatabase<Capabilities> {
  /** Where it can hold the response cache: one call's store. */
  readonly cacheStore?: (call: CallScope) => CacheStore
  /** Its databases by name, where it may have several; what is `open` is the first one's. */
  readonly sources?: readonly OpenSource<Capabilities>[]
}

export interface OpenSource<Capabilities> extends OpenDatabase<Capabilities> {
  readonly name: string
  /** Absent for the database that the settings name. */
  readonly declared?: { readonly audit: boolean; readonly lock: SourceLock }
}

export interface Engine<Capabilities> {
  /** As the log and the health report have it. */
  readonly name: string
  /** As a caller reads it. */
  readonly title: string
  /** What an operator sets to have each capability. */
  readonly settings: { readonly [C in keyof Capabilities]: string }
  /** Calls work without it: without it a deployment is degraded, and not down. */
  readonly optional: boolean
  /**
   * Called once per isolate; undefined where it is not configured. Drivers load when a call first needs them.
   */
  open(context: EngineContext): OpenEngine<Capabilities> | undefined
}

/** Probes run as this caller, who owns nothing. */
export const PROBE_CALLER: Caller = {
  userId: 'rowgate health',
  tenantId: 'rowgate health',
  scopes: new Set(),
}
