/**
 * What an engine says of itself in its `engine.ts`: its settings, how it is opened and how it is probed. The
 * wiring knows engines by this and nothing else.
 */

import type { CacheStore } from '../infra/cache/cache.ts'
import type { Caller } from '../infra/caller.ts'
import type { Bindings } from '../infra/config/bindings.ts'
import type { Config } from '../infra/config/settings.ts'
import type { Audit } from './audit-trail.ts'
import type { CallScope, Open } from './call-scope.ts'

/** What a deployment brings. */
export interface EngineContext {
  readonly config: Config
  readonly bindings: Bindings
  /** Reports rows of the audit log that could not be written. */
  onAuditLoss(rows: number, cause: unknown): void
}

/** An engine that is configured. `Capabilities` are what toolsets may ask of it, by the name of each. */
export interface OpenEngine<Capabilities> {
  readonly open: { readonly [C in keyof Capabilities]?: Open<Capabilities[C]> }
  /** Asks as little as possible, as a caller that owns nothing. Rejects when the engine does not answer. */
  probe(call: CallScope): Promise<unknown>
  /** What the health report adds, from the probe's error or its absence. */
  readonly reportLogin?: (error: unknown) => 'safe' | 'unsafe' | undefined
  /** Where the engine can hold the response cache: one call's store. */
  readonly cacheStore?: (call: CallScope) => CacheStore
  /** Where the engine holds the audit log. */
  readonly audit?: Audit
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
