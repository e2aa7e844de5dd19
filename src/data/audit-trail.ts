/** The audit log's interface for the protocol layer and the connectors. */

import type { RequestContext } from '../infra/request-context.ts'

/** Records one call in the audit log. */
export interface AuditTrail {
  /** The same call's trail in a source's own log. */
  of(source: string): AuditTrail
  /** The signed row for `rowgate.audit`, sent as the last statement of a write's own transaction. */
  signWrite(): Promise<string>
  /** Call after that transaction has committed. */
  written(): void
  /**
   * Call before the first write to an engine whose transaction cannot contain the audit row. With AUDIT_FIRST
   * it waits until a `begun` row is committed, once per call. Rejects with UNAVAILABLE if it cannot be.
   */
  begun(): Promise<void>
  /**
   * Ends the trail with `success` or an error's code. Unless a write has recorded the call already, its row
   * is sent after the response.
   */
  end(outcome: string): void
}

/** The part of a request that the audit log needs. */
export type AuditedRequest = Pick<RequestContext, 'caller' | 'requestId' | 'waitUntil'>

/** A call, as known when it begins. */
export interface BegunCall {
  readonly tool: string
  /** The source that it names. */
  readonly source?: string | undefined
  readonly readOnly: boolean
  /** As received, before parsing. */
  readonly args: unknown
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** Begins the trail of one call. */
export type Audit = (request: AuditedRequest, call: BegunCall) => AuditTrail
