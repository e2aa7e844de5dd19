/** A TCP proxy that records what the client sends and can change what the server sends. */

import { connect, createServer, type Socket } from 'node:net'
import { listen } from '../../../scripts/check/listen.ts'

export interface Tap {
  readonly port: number
  /** Bytes sent by the client since the last call. */
  heard(): Buffer
  /**
   * Forwards new connections to this port. `change` is applied to the server's chunks; `nth` counts them per
   * connection.
   */
  lead(port: number, change?: (piece: Buffer, nth: number) => Buffer): void
  close(): Promise<void>
}

export async function startTap(): Promise<Tap> {
  const sockets = new Set<Socket>()
  let said: Buffer[] = []
  let way: Parameters<Tap['lead']> | undefined
  const server = createServer((inward) => {
    const [port, change] = way ?? []
    if (port === undefined) return void inward.destroy()
    const outward = connect(port, '127.0.0.1')
    let pieces = 0
    inward.on('data', (chunk) => {
      said.push(chunk)
      outward.write(chunk)
    })
    outward.on('data', (chunk) => {
      pieces += 1
      inward.write(change?.(chunk, pieces) ?? chunk)
    })
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  const port = await listen(server)
  return {
    port,
    heard() {
      const all = Buffer.concat(said)
      said = []
      return all
    },
    lead: (...to) => {
      way = to
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
