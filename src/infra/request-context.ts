/** One request on its way through the layers, and what the protocol layer gives back for it. */

import type { Caller } from './caller.ts'
import type { RequestRecord } from './observability/request-record.ts'

export interface RequestContext {
  readonly caller: Caller
  readonly record: RequestRecord
  /** Aborted when the client disconnects or cancels. */
  readonly signal: AbortSignal
  /** When all of the request's calls have to be done, in milliseconds since the epoch. */
  readonly deadline: number
  /** The id under which the log has the request. */
  requestId(): string
  /** Keeps the isolate alive for work that outlives the response. */
  waitUntil(work: Promise<unknown>): void
}

/** A response; or what only the edge can say: the token lacks scopes, or the caller is over the rate limit. */
export type Served = Response | { readonly missingScopes: readonly string[] } | { readonly overRate: true }
