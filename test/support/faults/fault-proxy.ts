/**
 * A proxy between the Worker and the database's HTTP endpoint that injects faults of networks and servers.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createListener, type Socket } from 'node:net'
import { listen } from '../../../scripts/check/listen.ts'
import { type Leaving, leaving } from './listener.ts'

/** Faults of one request. */
export const FAULTS = [
  'stalls',
  'cuts after the commit and before the answer',
  'answers 500',
  'answers 500 after the commit',
  'answers garbage',
  'answers half',
] as const

export type Fault = (typeof FAULTS)[number]

/** A response in place of Postgres'. */
export interface Said {
  readonly status: number
  readonly body: string
}

export interface FaultProxy extends Leaving {
  readonly url: string
  /** Number of faults injected into requests and connections. */
  broken(): number
  close(): Promise<void>
}

/**
 * `fault` is called with every request's body. `cuts` is called for every connection before a byte of it is
 * read; each request has a connection of its own.
 */
export async function startFaultProxy(
  upstream: string,
  fault: (body: string) => Fault | Said | undefined,
  cuts: () => boolean = () => false,
): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  let broken = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.shouldKeepAlive = false
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const kind = fault(body)
    if (kind !== undefined) broken += 1
    if (typeof kind === 'object') return void response.writeHead(kind.status).end(kind.body)
    if (kind === 'stalls') return
    if (kind === 'answers 500') return void response.writeHead(500).end('internal server error')
    if (kind === 'answers garbage') return void response.writeHead(200).end('<html>captive portal</html>')
    const headers = new Headers()
    for (const [name, value] of Object.entries(request.headers)) {
      if (/^(?:neon-.*|content-type)$/.test(name) && typeof value === 'string') headers.set(name, value)
    }
    const answer = await fetch(upstream, { method: 'POST', headers, body })
    const text = await answer.text()
    if (kind === 'cuts after the commit and before the answer') return void request.socket.destroy()
    if (kind === 'answers 500 after the commit')
      return void response.writeHead(500).end('proxy lost its upstream')
    if (kind === 'answers half') return void response.writeHead(200).end(text.slice(0, text.length / 2))
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  }

  const http = createServer(
    (request, response) => void serve(request, response).catch(() => response.destroy()),
  )
  // `pauseOnConnect`: nothing has been read of a connection that is cut here.
  const listener = createListener({ pauseOnConnect: true }, (socket) => {
    if (cuts()) {
      broken += 1
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    http.emit('connection', socket)
    socket.resume()
  })
  const port = await listen(listener)

  return {
    url: `http://127.0.0.1:${port}/sql`,
    broken: () => broken,
    ...leaving(listener, port),
    async close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
