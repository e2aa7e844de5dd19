/** How a call reaches the audit log, as the protocol layer and the connectors see it. */

import type { RequestContext } from '../infra/request-context.ts'

/** How one call enters the audit log. */
export interface AuditTrail {
  /** The call's trail in the log of a source. */
  of(source: string): AuditTrail
  /** The signed row for `rowgate.audit`, to be the last statement of a write's own transaction. */
  signWrite(): Promise<string>
  /** Such a transaction has been committed. */
  written(): void
  /**
   * Before a write that cannot hold its own row, being another engine's: where the operator asks for it,
   * waits until the log says that the call has begun to write, once a call. Rejects with UNAVAILABLE where it
   * cannot say so.
   */
  begun(): Promise<void>
  /**
   * The call is over: `success`, or an error's code. What no write has recorded is recorded after the answer.
   */
  end(outcome: string): void
}

/** The part of a request that the audit log needs. */
export type AuditedRequest = Pick<RequestContext, 'caller' | 'requestId' | 'waitUntil'>

/** A call of a request, as it begins. */
export interface BegunCall {
  readonly tool: string
  /** The source that it names. */
  readonly source?: string | undefined
  readonly readOnly: boolean
  /** As they came, before they are parsed. */
  readonly args: unknown
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** Begins the trail of one call. */
export type Audit = (request: AuditedRequest, call: BegunCall) => AuditTrail
