/** A TCP proxy that can stall (connections stay open, but nothing passes) or break a connection. */

import { connect, createServer, type Socket } from 'node:net'
import { listen } from '../../../scripts/check/listen.ts'

export interface Stall {
  readonly port: number
  /** From now on nothing passes in either direction, on old and new connections. */
  stall(): void
  /** Accepts this many more connections and breaks the next one. */
  cutAfter(connections: number): void
  close(): Promise<void>
}

export async function startStall(port: number): Promise<Stall> {
  const sockets = new Set<Socket>()
  let silent = false
  let untilCut = Number.POSITIVE_INFINITY
  const server = createServer((inward) => {
    untilCut -= 1
    if (untilCut === -1) {
      inward.destroy()
      return
    }
    const outward = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => {
        if (!silent) to.write(chunk)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  const own = await listen(server)
  return {
    port: own,
    stall() {
      silent = true
    },
    cutAfter(connections) {
      untilCut = connections
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
