/** The audit trail of one call: builds its row at each of the moments at which one is written. */

import type { AuditedRequest, AuditTrail, BegunCall } from '../../audit-trail.ts'
import { auditedArguments } from './arguments.ts'
import type { AuditedCall } from './rows.ts'

/** Writes rows, and says which are wanted. */
export interface AuditWriter {
  /** Whether calls that only read are recorded too. */
  readonly reads: boolean
  /** AUDIT_FIRST: whether a write to another engine waits for a `begun` row. */
  readonly first: boolean
  sign(calls: readonly AuditedCall[]): Promise<string>
  /** Resolves when the row is committed. */
  write(call: AuditedCall): Promise<void>
  /** Queues the row for a batch after the responses. */
  later(call: AuditedCall, request: AuditedRequest): void
}

/**
 * A class, not an object of closures: one is made for every call, and most calls use one of its four methods.
 */
export class Trail implements AuditTrail {
  readonly #rows: AuditWriter
  readonly #request: AuditedRequest
  readonly #call: BegunCall
  #written = false
  #begun: Promise<void> | undefined

  constructor(rows: AuditWriter, request: AuditedRequest, call: BegunCall) {
    this.#rows = rows
    this.#request = request
    this.#call = call
  }

  /** A single log has one trail per call. */
  of(): this {
    return this
  }

  signWrite(): Promise<string> {
    return this.#rows.sign([this.#sofar('success')])
  }

  written(): void {
    this.#written = true
  }

  async begun(): Promise<void> {
    if (!this.#rows.first) return
    this.#begun ??= this.#rows.write(this.#sofar('begun'))
    await this.#begun
  }

  end(outcome: string): void {
    if (outcome === 'success' && this.#written) return
    if (this.#call.readOnly && !this.#rows.reads) return
    this.#rows.later(this.#sofar(outcome), this.#request)
  }

  #sofar(outcome: string): AuditedCall {
    const { tool, args, startedAt } = this.#call
    const { caller } = this.#request
    const ms = Date.now() - startedAt
    const requestId = this.#request.requestId()
    return { caller, requestId, tool, args: auditedArguments(args), startedAt, ms, outcome }
  }
}
