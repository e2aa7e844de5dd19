/** The messages that an SDK server sends, whichever way its transport frames them. */

import type { JSONRPCMessage, Server } from '@modelcontextprotocol/server'

/** Sends what `change` makes of each message. */
export function changeSent(server: Server, change: (message: JSONRPCMessage) => JSONRPCMessage): void {
  const connect = server.connect.bind(server)
  server.connect = (transport) => {
    const send = transport.send.bind(transport)
    transport.send = (message, options) => send(change(message), options)
    return connect(transport)
  }
}
