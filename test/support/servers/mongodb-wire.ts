/** MongoDB's wire protocol as used by current drivers: OP_MSG, and OP_QUERY for the handshake. */

import type { Socket } from 'node:net'
import { type Document, deserialize, serialize } from 'bson'

const HEADER_BYTES = 16
const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013

/** Answers a connection's messages in order. */
export function serveWire(socket: Socket, answer: (command: Document) => Promise<Document>): void {
  let rest: Buffer = Buffer.alloc(0)
  let last = Promise.resolve()
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= HEADER_BYTES && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0))
      rest = rest.subarray(message.length)
      last = last.then(async () => {
        const opcode = message.readInt32LE(12)
        const command = opcode === OP_QUERY ? greetingOf(message) : commandOf(message)
        const body = await answer(command)
        if (!socket.destroyed) socket.write(reply(message.readInt32LE(4), opcode, body))
      })
    }
  })
}

function greetingOf(message: Buffer): Document {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4)
  return deserialize(message.subarray(nameEnd + 9))
}

/** The body, with its document sequences merged in. */
function commandOf(message: Buffer): Document {
  const command: Document = {}
  for (let at = HEADER_BYTES + 4; at < message.length; ) {
    const kind = message[at]
    const size = message.readInt32LE(at + 1)
    const section = message.subarray(at + 1, at + 1 + size)
    if (kind === 0) Object.assign(command, deserialize(section))
    else sequence(section, command)
    at += 1 + size
  }
  return command
}

function sequence(section: Buffer, command: Document): void {
  const nameEnd = section.indexOf(0, 4)
  const documents: Document[] = []
  for (let at = nameEnd + 1; at < section.length; ) {
    const size = section.readInt32LE(at)
    documents.push(deserialize(section.subarray(at, at + size)))
    at += size
  }
  command[section.toString('utf8', 4, nameEnd)] = documents
}

function reply(to: number, opcode: number, body: Document): Buffer {
  const document = serialize(body)
  const middle = opcode === OP_QUERY ? Buffer.alloc(20) : Buffer.alloc(5)
  if (opcode === OP_QUERY) middle.writeInt32LE(1, 16)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeInt32LE(HEADER_BYTES + middle.length + document.length, 0)
  header.writeInt32LE(to, 8)
  header.writeInt32LE(opcode === OP_QUERY ? OP_REPLY : OP_MSG, 12)
  return Buffer.concat([header, middle, document])
}
