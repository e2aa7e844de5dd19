/**
 * Metrics of one request, filled in by the layers and reported once at the end. Never contains what it
 * carried.
 */

export interface RequestRecord {
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Set when first needed. */
  requestId: string | undefined
  /** W3C trace id, if the client or the platform sent one. */
  traceId: string | undefined
  /** JSON-RPC method; `batch` for a legacy batch. */
  method: string | undefined
  /** The last tool called; `calls` counts all. */
  tool: string | undefined
  calls: number
  outcome: 'success' | 'error' | 'refused'
  /** Our error code, or `rpc_` and the JSON-RPC code, or `http_` and the status of a refusal. */
  code: string | undefined
  databaseMs: number
  roundTrips: number
  rows: number
  /** Size of the databases' responses: the characters of texts, and 8 for every other value. */
  databaseBytes: number
  /** Size of the response: the characters of its JSON-RPC messages; 0 for a refusal before the protocol. */
  bytes: number
  /** The response is a stream, so the request ends later than its handler. */
  streams: boolean
  cache: 'hit' | 'miss' | undefined
}

export function newRecord(startedAt: number): RequestRecord {
  return {
    startedAt,
    requestId: undefined,
    traceId: undefined,
    method: undefined,
    tool: undefined,
    calls: 0,
    outcome: 'success',
    code: undefined,
    databaseMs: 0,
    roundTrips: 0,
    rows: 0,
    databaseBytes: 0,
    bytes: 0,
    streams: false,
    cache: undefined,
  }
}
