/**
 * The server on the port of `npm start`, in front of wrangler's proxy. Two things wrangler's does not do: no
 * client can choose the URL or address that the Worker sees, and the Worker learns that a client has
 * disconnected.
 */

import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http'
import { answeredHeaders, forwardedHeaders, judgeProxied } from './request.ts'

const LOOPBACK = '127.0.0.1'

export interface LocalProxy {
  close(): Promise<void>
}

/** `target` is wrangler's address. `secret` tells the Worker that a request came through this proxy. */
export async function startLocalProxy(port: number, target: URL, secret: string): Promise<LocalProxy> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((request, response) => pass(request, response, { agent, target, secret }))
  await new Promise<void>((done, reject) => server.once('error', reject).listen(port, LOOPBACK, done))
  return {
    async close() {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
      agent.destroy()
    },
  }
}

interface Upstream {
  readonly agent: Agent
  readonly target: URL
  readonly secret: string
}

function pass(request: IncomingMessage, response: ServerResponse, { agent, target, secret }: Upstream): void {
  const refusal = judgeProxied({ target: request.url ?? '', rawHeaders: request.rawHeaders })
  if (refusal !== undefined) {
    request.resume()
    refuse(response, refusal.status, refusal.message)
    return
  }
  const upstream = send({
    agent,
    host: target.hostname,
    port: target.port,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: forwardedHeaders(request.rawHeaders, secret),
  })
  upstream.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answeredHeaders(answer.rawHeaders))
    // A stream's first message may come much later than its headers.
    response.flushHeaders()
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  upstream.once('error', () => {
    if (response.headersSent) return void response.destroy()
    refuse(response, 502, 'The Worker does not answer: see the output of `npm start`.')
  })
  response.once('close', () => {
    if (!response.writableFinished) abandon(upstream)
  })
  request.pipe(upstream)
}

/**
 * Passes a client's disconnect on as RST. A client's FIN alone looks to workerd like the end of the request
 * (KJ, "half-close").
 */
function abandon(upstream: ClientRequest): void {
  upstream.socket?.resetAndDestroy()
  upstream.destroy()
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: status, message } }))
}
