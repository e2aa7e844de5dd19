/**
 * A Postgres over HTTP in Neon's protocol, for development and tests: `@neondatabase/serverless` talks to it through
 * `neonConfig.fetchEndpoint`. It serves programs of this machine that have its URL, and only logins that it handed out. It opens
 * no interactive sessions and speaks no WebSocket.
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
import { runStatements } from './transaction.ts'

/** A body larger than this is refused; Neon's own limit is of this order. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024

export interface EndpointOptions {
  /** Where the embedded Postgres keeps its data. Without it they last as long as the endpoint. */
  readonly dataDirectory?: string
  /** A real server's owner URL. The endpoint then fronts that server, and the embedded Postgres is not started. */
  readonly postgresUrl?: string
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** How long one statement may run on the embedded Postgres, which has no timers of its own. */
  readonly statementLimitMs?: number
}

export interface PostgresEndpoint {
  /** What goes into `DATABASE_FETCH_ENDPOINT`: a secret, since its path lets its holder in. */
  readonly url: string
  /** Lets requests use this login, and no other than those handed out; gives its connection string. */
  handOut(login: Login): string
  /** How many requests it has let in. */
  requests(): number
  /** Runs any number of statements as the owner and gives the last one's result, its values as text. */
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
  response.once('close', () => gone.abort())
  const { status, body } = await reply(served, request, gone.signal).catch(explain)
  if (!request.complete) {
    // The rest of the body would be taken for the next request.
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
    return { status: 413, body: { message: `A body may have ${BODY_LIMIT_BYTES} bytes.` } }
  }
  const asked = readRequest(request.headers, text)
  const login = logins.find(asked.login)
  const client = { login, caller: callerOf(asked.statements) }
  const results = await backend.session(client, signal, (session) => runStatements(session, asked, signal))
  const written = results.map((result) => writeResult(result, asked))
  return { status: 200, body: asked.begin === undefined ? written[0] : { results: written } }
}

/** Gives undefined once the body grows past the limit. */
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
    return { status: 499, body: { message: 'The client has gone.' } }
  }
  printWarning(`The Postgres endpoint failed: ${inspect(error)}`)
  return { status: 500, body: { message: 'The Postgres endpoint failed; its log says why.' } }
}
