/**
 * Postgres over HTTP in Neon's protocol, for development and tests. `@neondatabase/serverless` reaches it
 * through `neonConfig.fetchEndpoint`. It serves local programs that know its URL, and only logins that were
 * handed out. It has no interactive sessions and no WebSocket.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { printWarning } from '../../cli/terminal.ts'
import { startLoopbackServer } from '../loopback-server.ts'
import { type Backend, type Login, PostgresError, type Result } from './backend.ts'
import { callerOf } from './caller.ts'
import { createLogins, type Logins } from './logins.ts'
import { writeResult } from './neon-response.ts'
import { openPglite } from './pglite.ts'
import { MalformedRequest, readRequest } from './request.ts'
import { openServer } from './server.ts'

/** Body limit, about the same as Neon's own. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024

export interface EndpointOptions {
  /** Data folder of the embedded Postgres. Without it the data are deleted on `close`. */
  readonly dataDirectory?: string
  /** Owner's URL of a real server, which is used instead of the embedded Postgres. */
  readonly postgresUrl?: string
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** Statement timeout on the embedded Postgres, which has no timers of its own. */
  readonly statementLimitMs?: number
}

export interface PostgresEndpoint {
  /** The setting `DATABASE_FETCH_ENDPOINT`. Secret, because its path is the credential. */
  readonly url: string
  /** Allows requests with this login and gives its connection string. Other logins are refused. */
  handOut(login: Login): string
  /** Requests accepted so far. */
  requests(): number
  /** Runs a script as the owner and gives the last statement's result, its values as text. */
  owner(sql: string): Promise<Result>
  close(): Promise<void>
}

export async function startPostgresEndpoint(options: EndpointOptions = {}): Promise<PostgresEndpoint> {
  const backend =
    options.postgresUrl === undefined ? await openPglite(options) : await openServer(options.postgresUrl)
  const logins = createLogins()
  let requests = 0
  const serveNext = (request: IncomingMessage, response: ServerResponse) => {
    requests += 1
    void serve({ backend, logins }, request, response)
  }
  const server = await startLoopbackServer(serveNext, options.port).catch(async (error: unknown) => {
    await backend.close()
    throw error
  })
  return {
    url: server.url,
    handOut: (login) => logins.handOut(login),
    requests: () => requests,
    owner: (sql) => backend.owner(sql),
    async close() {
      await server.close()
      await backend.close()
    },
  }
}

interface Served {
  readonly backend: Backend
  readonly logins: Logins
}

interface Reply {
  readonly status: number
  readonly body: unknown
}

async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  // An answer that was sent whole ends with `close` as well.
  response.once('close', () => response.writableFinished || gone.abort())
  const { status, body } = await reply(served, request, gone.signal).catch(explain)
  if (!request.complete) {
    // Otherwise the rest of the body would be parsed as the next request.
    response.setHeader('connection', 'close')
    request.resume()
  }
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

async function reply(
  { backend, logins }: Served,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Reply> {
  const text = await readBody(request)
  if (text === undefined) {
    return { status: 413, body: { message: `The body is larger than ${BODY_LIMIT_BYTES} bytes.` } }
  }
  const asked = readRequest(request.headers, text)
  const login = logins.find(asked.login)
  const client = { login, caller: callerOf(asked.statements) }
  const results = await backend.run(client, signal, asked)
  const written = results.map((result) => writeResult(result, asked))
  return { status: 200, body: asked.begin === undefined ? written[0] : { results: written } }
}

/** Gives undefined for a body over the limit. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length
    if (length > BODY_LIMIT_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function explain(error: unknown): Reply {
  if (error instanceof PostgresError) {
    return { status: 400, body: { message: error.message, ...error.fields } }
  }
  if (error instanceof MalformedRequest) return { status: 400, body: { message: error.message } }
  if (error instanceof Error && error.name === 'AbortError') {
    return { status: 499, body: { message: 'The client has disconnected.' } }
  }
  printWarning(`The Postgres endpoint failed: ${inspect(error)}`)
  return { status: 500, body: { message: 'The Postgres endpoint failed; its log says why.' } }
}
