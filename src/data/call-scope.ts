/** One call, as an engine's connector sees it. */

import type { Caller } from '../infra/caller.ts'
import type { RoundTrip } from '../infra/observability/query-monitor.ts'
import type { AuditTrail } from './audit-trail.ts'

/** The limits of one call, and its clean-up. */
export interface CallScope {
  /** Aborted when the client disconnects or cancels. */
  readonly signal: AbortSignal
  /** The call's deadline, in milliseconds since the epoch. */
  readonly deadline: number
  /**
   * Registers a function that closes a connection when the call has ended, whatever the outcome. The response
   * does not wait for it.
   */
  onEnd(close: () => Promise<void>): void
  /** Called with every round trip to a database. */
  observe(roundTrip: RoundTrip): void
  /** W3C trace id of the request, 32 hex digits, where it has one. */
  readonly traceId: string | undefined
  /**
   * The call's audit trail, if it is audited. A connector that can puts a write's audit row into the write's
   * own transaction.
   */
  readonly audit?: AuditTrail | undefined
}

/**
 * Opens a connector for one caller and call; made once per isolate. `Capability` is the interface for
 * toolsets.
 */
export type Open<Capability> = (caller: Caller, call: CallScope) => Capability
