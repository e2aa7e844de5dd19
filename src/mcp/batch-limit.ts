/**
 * Size limit for the responses of one JSON-RPC batch: a hundred requests of some bytes each can ask for a
 * hundred large responses.
 */

import type { JSONRPCMessage, Server } from '@modelcontextprotocol/server'
import { changeSent } from './sent-messages.ts'

/** Total of all responses in a batch, as JSON. A batch of ordinary calls stays far below. */
const BATCH_ANSWER_MAX_CHARACTERS = 1_048_576

/** Outside JSON-RPC's and MCP's ranges (2026-07-28, basic); HTTP's "Content Too Large". */
const TOO_LARGE = 413
const LEFT_OUT = `The responses of this batch take more than ${BATCH_ANSWER_MAX_CHARACTERS} characters, so this one was left out. Its call may have been done: check before you send it again, by itself.`

/** Replaces each response beyond the limit by an error. */
export function limitBatch(server: Server): void {
  let left = BATCH_ANSWER_MAX_CHARACTERS
  changeSent(server, (message) => {
    if (!('result' in message)) return message
    left -= JSON.stringify(message).length
    return left < 0 ? leftOut(message.id) : message
  })
}

function leftOut(id: string | number): JSONRPCMessage {
  return { jsonrpc: '2.0', id, error: { code: TOO_LARGE, message: LEFT_OUT } }
}
