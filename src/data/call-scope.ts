/** One call as an engine's connector sees it. */

import type { Caller } from '../infra/caller.ts'
import type { RoundTrip } from '../infra/observability/query-monitor.ts'
import type { AuditTrail } from './audit-trail.ts'

/** The bounds of one call, and what is to be done when it is over. */
export interface CallScope {
  /** Aborted when the client goes away or cancels. */
  readonly signal: AbortSignal
  /** When all of the call's work has to be done, in milliseconds since the epoch. */
  readonly deadline: number
  /** Has a connection closed once the call is over, whatever happened; the answer does not wait for it. */
  onEnd(close: () => Promise<void>): void
  /** Called with every round trip to a database. */
  observe(roundTrip: RoundTrip): void
  /** W3C trace id of the request, 32 hex digits, where it has one. */
  readonly traceId: string | undefined
  /**
   * Where the call is audited. A connector that can, writes the row of a write into the write's own
   * transaction.
   */
  readonly audit?: AuditTrail | undefined
}

/**
 * Gives one caller a connector for one call; made once per isolate. `Capability` is what a toolset may ask.
 */
export type Open<Capability> = (caller: Caller, call: CallScope) => Capability
