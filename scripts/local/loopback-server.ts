/**
 * An HTTP server for programs of this machine that were given its URL, and for no web page: a browser lets a page reach
 * 127.0.0.1, even as the page's own host (DNS rebinding), and lets it choose the path, the body and most headers.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isSecret, newSecret } from './secret.ts'

const LOOPBACK = '127.0.0.1'
/** What `fetch` declares for a text, in workerd and in Node. */
const CONTENT_TYPE = 'text/plain;charset=utf-8'

export interface LoopbackServer {
  /** Its path is the secret: only who is given this URL can call. */
  readonly url: string
  close(): Promise<void>
}

/** `serve` gets the requests that are let in: POSTs of a text. `port` 0 takes any free port. */
export async function startLoopbackServer(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<LoopbackServer> {
  const path = `/${newSecret()}`
  let host = ''
  const server = createServer((request, response) => {
    const refusal = judgeLocalRequest(request, { host, path })
    if (refusal === undefined) return serve(request, response)
    request.resume()
    response.writeHead(refusal.status, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify({ message: refusal.message }))
  })
  await new Promise<void>((done, reject) => server.once('error', reject).listen(port, LOOPBACK, done))
  const bound = server.address()
  host = `${LOOPBACK}:${typeof bound === 'object' && bound !== null ? bound.port : port}`
  return {
    url: `http://${host}${path}`,
    async close() {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}

type LocalRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

export interface LocalRefusal {
  readonly status: number
  readonly message: string
}

/** Why a request is refused, or undefined where it is let in. `own` is the server's host with its port, and its secret path. */
export function judgeLocalRequest(
  { method, url = '', headers }: LocalRequest,
  own: { readonly host: string; readonly path: string },
): LocalRefusal | undefined {
  if (headers.host !== own.host) return refusals.host
  if (isFromBrowser(headers)) return refusals.browser
  if (!isSecret(url, own.path)) return refusals.path
  if (method !== 'POST') return refusals.method
  if (headers['content-type']?.toLowerCase().replaceAll(' ', '') !== CONTENT_TYPE) return refusals.type
  return undefined
}

const refusals = {
  host: { status: 421, message: 'This server answers to its own loopback address only.' },
  browser: { status: 403, message: 'This server serves programs of this machine, and no web page.' },
  path: { status: 404, message: 'Nothing is here.' },
  method: { status: 405, message: 'Only POST is served here.' },
  type: { status: 415, message: `The Content-Type must be ${CONTENT_TYPE}.` },
} as const satisfies Record<string, LocalRefusal>

/**
 * Node's own `fetch` sends `Sec-Fetch-Mode: cors` and nothing else of the kind; a browser sends Sec-Fetch-Site and Sec-Fetch-Dest
 * with it (Fetch Metadata, section 2).
 */
function isFromBrowser(headers: LocalRequest['headers']): boolean {
  return Object.entries(headers).some(
    ([name, value]) =>
      name === 'origin' ||
      (name.startsWith('sec-fetch-') && !(name === 'sec-fetch-mode' && value === 'cors')),
  )
}
