/**
 * An HTTP server for local programs that know its secret URL, and for no web page. Browsers let a page reach
 * 127.0.0.1, even under the page's own host name (DNS rebinding), and choose the path, the body and most
 * headers.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isSecret, newSecret } from './secret.ts'

const LOOPBACK = '127.0.0.1'
/** The content type that `fetch` sends for a string body, in workerd and in Node. */
const CONTENT_TYPE = 'text/plain;charset=utf-8'

export interface LoopbackServer {
  /** Secret, because its path is the credential. */
  readonly url: string
  close(): Promise<void>
}

/** `serve` gets only accepted requests: POSTs of a text. `port` 0 takes any free port. */
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

/**
 * Gives the refusal, or undefined if the request is accepted. `own` is the server's host with port, and its
 * secret path.
 */
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
  host: { status: 421, message: 'The Host header must be the address of this server on the loopback.' },
  browser: { status: 403, message: 'This server is for local programs and refuses web pages.' },
  path: { status: 404, message: 'Not found.' },
  method: { status: 405, message: 'The method must be POST.' },
  type: { status: 415, message: `The Content-Type must be ${CONTENT_TYPE}.` },
} as const satisfies Record<string, LocalRefusal>

/**
 * A browser sends Sec-Fetch-Site and Sec-Fetch-Dest (Fetch Metadata, section 2). Node's `fetch` sends only
 * `Sec-Fetch-Mode: cors`.
 */
function isFromBrowser(headers: LocalRequest['headers']): boolean {
  return Object.entries(headers).some(
    ([name, value]) =>
      name === 'origin' ||
      (name.startsWith('sec-fetch-') && !(name === 'sec-fetch-mode' && value === 'cors')),
  )
}
