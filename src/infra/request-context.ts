/** Context of one request, and the protocol layer's verdict on it. */

import type { Caller } from './caller.ts'
import type { RequestRecord } from './observability/request-record.ts'

export interface RequestContext {
  readonly caller: Caller
  readonly record: RequestRecord
  /** Aborted when the client disconnects or cancels. */
  readonly signal: AbortSignal
  /** Deadline for all of the request's calls, in milliseconds since the epoch. */
  readonly deadline: number
  /** The request's id in the log. */
  requestId(): string
  /** Keeps the isolate alive for work after the response. */
  waitUntil(work: Promise<unknown>): void
}

/**
 * A response, the scopes that the token lacks, or that the caller is over the rate limit. The HTTP layer
 * turns the last two into responses.
 */
export type Served = Response | { readonly missingScopes: readonly string[] } | { readonly overRate: true }
