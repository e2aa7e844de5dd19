/** Stands between the Worker and the database's HTTP endpoint, and breaks what it is told to, as networks and servers do. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from './listen.ts'

export const FAULTS = [
  'refuses',
  'stalls',
  'cuts before the request is read',
  'cuts after the commit and before the answer',
  'answers 500',
  'answers 500 after the commit',
  'answers garbage',
  'answers half',
] as const

export type Fault = (typeof FAULTS)[number]

/** What the endpoint says instead of asking Postgres. */
export interface Said {
  readonly status: number
  readonly body: string
}

export interface FaultProxy {
  readonly url: string
  /** How many requests were broken. */
  broken(): number
  close(): Promise<void>
}

/** `fault` is asked for every request's body. */
export async function startFaultProxy(
  upstream: string,
  fault: (body: string) => Fault | Said | undefined,
): Promise<FaultProxy> {
  let broken = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const kind = fault(body)
    if (kind !== undefined) broken += 1
    if (typeof kind === 'object') return void response.writeHead(kind.status).end(kind.body)
    if (kind === 'refuses' || kind === 'cuts before the request is read') return void request.socket.destroy()
    if (kind === 'stalls') return
    if (kind === 'answers 500') return void response.writeHead(500).end('internal server error')
    if (kind === 'answers garbage') return void response.writeHead(200).end('<html>captive portal</html>')
    const headers = new Headers()
    for (const [name, value] of Object.entries(request.headers)) {
      if (name.startsWith('neon-') && typeof value === 'string') headers.set(name, value)
    }
    const answer = await fetch(upstream, { method: 'POST', headers, body })
    const text = await answer.text()
    if (kind === 'cuts after the commit and before the answer') return void request.socket.destroy()
    if (kind === 'answers 500 after the commit')
      return void response.writeHead(500).end('proxy lost its upstream')
    if (kind === 'answers half') return void response.writeHead(200).end(text.slice(0, text.length / 2))
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  }

  const server = createServer(
    (request, response) => void serve(request, response).catch(() => response.destroy()),
  )
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}/sql`,
    broken: () => broken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
