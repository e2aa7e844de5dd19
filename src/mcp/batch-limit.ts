/**
 * How much one batch may be answered with: a hundred requests of some bytes each can ask for a hundred large
 * answers.
 */

import type { JSONRPCMessage, Server } from '@modelcontextprotocol/server'

/** Of all answers of a batch together, as JSON. A batch of what single calls usually give stays far below. */
const BATCH_ANSWER_MAX_CHARACTERS = 1_048_576

/** Outside JSON-RPC's and MCP's ranges (2026-07-28, basic); HTTP's "Content Too Large". */
const TOO_LARGE = 413
const LEFT_OUT = `The answers of this batch take more than ${BATCH_ANSWER_MAX_CHARACTERS} characters, so this one was left out. What it asked for may have been done: look before you send it again, by itself.`

/** The answers beyond the limit are left out, each with a word in its place. */
export function limitBatch(server: Server): void {
  let left = BATCH_ANSWER_MAX_CHARACTERS
  const connect = server.connect.bind(server)
  server.connect = (transport) => {
    const send = transport.send.bind(transport)
    transport.send = (message, options) => {
      if (!('result' in message)) return send(message, options)
      left -= JSON.stringify(message).length
      return send(left < 0 ? leftOut(message.id) : message, options)
    }
    return connect(transport)
  }
}

function leftOut(id: string | number): JSONRPCMessage {
  return { jsonrpc: '2.0', id, error: { code: TOO_LARGE, message: LEFT_OUT } }
}
