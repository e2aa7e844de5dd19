/** What the SDK answers, as the record tells it: an error of the protocol is mostly sent with HTTP 200. */

import type { JSONRPCMessage, Server } from '@modelcontextprotocol/server'
import type { RequestRecord } from '../infra/observability/request-record.ts'

/** JSON-RPC 2.0, "Error object": what went wrong on our side. Every other error is of what was asked. */
const INTERNAL_ERROR = -32603

/** Hears what a server says on the one transport that it is connected to, single, batched or streamed. */
export function tellAnswers(server: Server, record: RequestRecord): void {
  const connect = server.connect.bind(server)
  server.connect = (transport) => {
    const send = transport.send.bind(transport)
    transport.send = (message, options) => {
      tell(message, record)
      return send(message, options)
    }
    return connect(transport)
  }
}

/** In a batch a tool's error says more than a refusal beside it, and a refusal more than a success. */
function tell(message: JSONRPCMessage, record: RequestRecord): void {
  // Spelt once more to be counted: only the way that is no plain call's pays for it.
  record.bytes += JSON.stringify(message).length
  if (!('error' in message) || record.outcome === 'error') return
  const { code } = message.error
  record.outcome = code === INTERNAL_ERROR ? 'error' : 'refused'
  record.code = `rpc_${code}`
}
