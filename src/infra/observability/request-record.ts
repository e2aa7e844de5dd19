/** What one request did: filled in on its way through the layers, told once when it is over. Never what it carried. */

export interface RequestRecord {
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Made when somebody first asks for it. */
  requestId: string | undefined
  /** W3C trace id, where the client or the platform in front sent one. */
  traceId: string | undefined
  /** JSON-RPC method; `batch` for a legacy batch. */
  method: string | undefined
  /** The last tool that was called, and how many calls the request made. */
  tool: string | undefined
  calls: number
  outcome: 'success' | 'error' | 'refused'
  /** Our error code; or `rpc_` and the number of the protocol's error, or `http_` and the status of a refusal. */
  code: string | undefined
  databaseMs: number
  roundTrips: number
  rows: number
  /** Of what the databases answered: the characters of texts, and 8 for every other value. */
  databaseBytes: number
  /** Of what was answered with: the characters of its JSON-RPC messages. What is refused before the protocol has none. */
  bytes: number
  /** Whether the answer is a stream, which is over later than it begins. */
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
