/**
 * The contract of an engine, which its `engine.ts` fulfils: its settings, how it is opened and how it is
 * probed. The wiring knows engines only through it.
 */

import type { CacheStore } from '../infra/cache/store.ts'
import type { Caller } from '../infra/caller.ts'
import type { Bindings } from '../infra/config/bindings.ts'
import type { SourceLock } from '../infra/config/lock-file.ts'
import type { Config } from '../infra/config/settings.ts'
import type { ConnectedSource } from '../infra/config/sources.ts'
import type { Events } from '../infra/observability/events.ts'
import type { Audit } from './audit-trail.ts'
import type { CallScope, Open } from './call-scope.ts'

/** A deployment's settings and bindings. */
export interface EngineContext {
  readonly config: Config
  readonly bindings: Bindings
  /** The databases that `rowgate.yaml` declares; empty where only the settings name one. */
  readonly sources: readonly ConnectedSource[]
  readonly events: Pick<Events, 'auditLost' | 'schemaDrift'>
}

/** A database of an engine. `Capabilities` are its interfaces for toolsets, by name. */
interface OpenDatabase<Capabilities> {
  readonly open: { readonly [C in keyof Capabilities]?: Open<Capabilities[C]> }
  /** Runs the cheapest request, as a caller that owns nothing. Rejects when the engine does not answer. */
  probe(call: CallScope): Promise<unknown>
  /** An addition to the health report, from the probe's error or its absence. */
  readonly reportLogin?: (error: unknown) => 'safe' | 'unsafe' | undefined
  /** Whether it is no longer as its lock has it. */
  readonly isDrifted?: () => boolean
  /** Present where it has an audit log. */
  readonly audit?: Audit
}

/** An engine that is configured. */
export interface OpenEngine<Capabilities> extends OpenDatabase<Capabilities> {
  /** Present where it can store the response cache: opens one call's store. */
  readonly cacheStore?: (call: CallScope) => CacheStore
  /** Its databases by name, where it may have several; `open` is the first one's. */
  readonly sources?: readonly OpenSource<Capabilities>[]
}

export interface OpenSource<Capabilities> extends OpenDatabase<Capabilities> {
  readonly name: string
  /** Absent for the database that the settings name. */
  readonly declared?: { readonly audit: boolean; readonly lock: SourceLock }
}

export interface Engine<Capabilities> {
  /** As shown in the log and the health report. */
  readonly name: string
  /** As shown to callers. */
  readonly title: string
  /** The settings that configure each capability. */
  readonly settings: { readonly [C in keyof Capabilities]: string }
  /** Calls work without it: when it is down, the deployment is degraded and not down. */
  readonly optional: boolean
  /**
   * Called once per isolate; undefined where the engine is not configured. Drivers load at their first use.
   */
  open(context: EngineContext): OpenEngine<Capabilities> | undefined
}

/** The caller of probes, who owns nothing. */
export const PROBE_CALLER: Caller = {
  userId: 'rowgate health',
  tenantId: 'rowgate health',
  scopes: new Set(),
}
