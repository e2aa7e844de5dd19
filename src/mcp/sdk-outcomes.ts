/**
 * Records the outcome of responses that the SDK sends: a JSON-RPC error usually has HTTP status 200, so the
 * status alone does not show it.
 */

import type { JSONRPCMessage, Server } from '@modelcontextprotocol/server'
import type { RequestRecord } from '../infra/observability/request-record.ts'
import { changeSent } from './sent-messages.ts'

/** JSON-RPC 2.0, "Error object": an error of the server. Every other code is one of the request. */
const INTERNAL_ERROR = -32603

/** Records every message that a server sends on its transport: single, batched or streamed. */
export function recordOutcomes(server: Server, record: RequestRecord): void {
  changeSent(server, (message) => {
    recordOutcome(message, record)
    return message
  })
}

/** In a batch an error wins over a refusal, and a refusal over a success. */
function recordOutcome(message: JSONRPCMessage, record: RequestRecord): void {
  // Serialised again only to count bytes; the fast path never comes here.
  record.bytes += JSON.stringify(message).length
  if (!('error' in message) || record.outcome === 'error') return
  const { code } = message.error
  record.outcome = code === INTERNAL_ERROR ? 'error' : 'refused'
  record.code = `rpc_${code}`
}
