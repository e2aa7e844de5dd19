/**
 * Postgres by TCP: a server, a pooler or Hyperdrive. A transaction is one connection and one flight: BEGIN,
 * the statements and COMMIT are sent without waiting for one another. Nothing that a transaction pooler does
 * not keep is used: no named statement, no session setting, no LISTEN.
 */

import { NeonDbError, types } from '@neondatabase/serverless'
import * as drivers from '#drivers'
import { tooLarge } from './bounded-fetch.ts'
import type { Built, Flight, PostgresClient, Result, TcpServer } from './driver.ts'

/** What `query` builds here. */
interface Statement extends Built {
  readonly queryData: { readonly query: string; readonly params: readonly unknown[] }
}

type Driver = Awaited<ReturnType<typeof drivers.pg>>
type Client = InstanceType<Driver['Client']>

/** How long a server may take to let us in, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000
/** How long a cancel request may take, in milliseconds, before the connection is simply closed. */
const CANCEL_TIMEOUT_MS = 1_000

const BEGIN = { read: 'begin read only', write: 'begin read write' } as const
const COMMIT = 'commit'

/**
 * Made once per isolate; a connection is made per transaction, since workerd ties a socket to its request.
 */
export function openTcp(server: TcpServer): PostgresClient {
  return {
    query: statement,
    async transaction(statements, flight) {
      const begin = statement(BEGIN[flight.readOnly ? 'read' : 'write'])
      // All of them were built by `query` above.
      const all = [begin, ...(statements as readonly Statement[]), statement(COMMIT)]
      return (await fly(server, all, flight)).slice(1, -1)
    },
    async execute(query, params, flight) {
      const [result] = await fly(server, [statement(query, params)], flight)
      if (result === undefined) throw new Error('The database answered nothing.')
      return result
    },
  }
}

function statement(query: string, params: readonly unknown[] = [], opts?: Built['opts']): Statement {
  return { queryData: { query, params }, opts }
}

/**
 * Connects, sends everything, and gives all results, or throws the first error. The connection is closed
 * either way.
 */
async function fly(server: TcpServer, statements: readonly Statement[], flight: Flight): Promise<Result[]> {
  flight.signal.throwIfAborted()
  const closing: Promise<unknown>[] = []
  const close = (work: Promise<unknown>) => void closing.push(work.catch(() => undefined))
  flight.onEnd?.(async () => void (await Promise.all(closing)))
  const driver = await drivers.pg()
  const client = new driver.Client({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    database: server.database,
    ssl: server.encrypted ? { rejectUnauthorized: true } : false,
    pipeline: true,
    application_name: 'rowgate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: AS_NEON_PARSES,
  })
  const failure = Promise.withResolvers<never>()
  // A lost connection is an event as well as the error of each statement; without a listener it is uncaught.
  client.on('error', failure.reject)
  failure.promise.catch(() => undefined)
  const abort = () => {
    failure.reject(flight.signal.reason)
    close(cancel(driver, server, client))
  }
  flight.signal.addEventListener('abort', abort, { once: true })
  capBytes(client, flight.maxAnswerBytes, (error) => {
    failure.reject(error)
    close(cancel(driver, server, client))
  })
  try {
    return await Promise.race([run(client, statements), failure.promise])
  } catch (error) {
    throw asNeonError(error)
  } finally {
    flight.signal.removeEventListener('abort', abort)
    close(client.end())
    if (flight.onEnd === undefined) await Promise.all(closing)
  }
}

/**
 * The extended protocol takes one statement only; for a text without parameters the driver would choose the
 * simple one, which takes several. The driver's types leave the option out.
 */
const EXTENDED_PROTOCOL: object = { queryMode: 'extended' }

async function run(client: Client, statements: readonly Statement[]): Promise<Result[]> {
  // Queued at once and sent as soon as the server lets us in: nothing waits for the statement before it.
  const connected = client.connect()
  const answers = statements.map(({ queryData: { query, params }, opts }) =>
    client.query<unknown[]>({
      text: query,
      values: [...params],
      rowMode: 'array',
      ...EXTENDED_PROTOCOL,
      ...(opts?.types !== undefined && { types: opts.types }),
    }),
  )
  const settled = Promise.allSettled(answers)
  await connected
  const results: Result[] = []
  // The first error is the cause; those behind it say only that the transaction is aborted.
  for (const answer of await settled) {
    if (answer.status === 'rejected') throw answer.reason
    const { fields, rows, rowCount, command } = answer.value
    results.push({ fields, rows, rowCount: rowCount ?? 0, command, rowAsArray: true } as Result)
  }
  return results
}

/** The parsers of Neon's driver, so that a value is the same by either way. */
const AS_NEON_PARSES = { getTypeParser: types.getTypeParser }

/** Calls `refuse` once the rows that came take more than this many bytes. */
function capBytes(client: Client, limit: number | undefined, refuse: (error: Error) => void): void {
  if (limit === undefined) return
  let bytes = 0
  connectionOf(client).on('dataRow', (row: { readonly length: number }) => {
    const before = bytes
    bytes += row.length
    // Once: each refusal sends a cancel request.
    if (before <= limit && bytes > limit) refuse(tooLarge(`The rows take more than ${limit} bytes`))
  })
}

/**
 * What the driver's types leave out: the connection under a client, and the key by which its statement is
 * cancelled.
 */
interface Cancellable {
  readonly connection: CancelConnection
  readonly processID: number | null
  readonly secretKey: number | null
}

interface CancelConnection extends NodeJS.EventEmitter {
  readonly stream: { destroy(): void }
  connect(port: number, host: string): void
  requestSsl(): void
  cancel(processID: number, secretKey: number): void
}

function connectionOf(client: Client): CancelConnection {
  return (client as unknown as Cancellable).connection
}

/**
 * Asks the server, by a connection of its own as the protocol wants it (CancelRequest), to end what it runs
 * for this client, and then closes the client's connection. A pooler passes the request on only while the
 * client is there.
 */
async function cancel(driver: Driver, server: TcpServer, client: Client): Promise<void> {
  const { processID, secretKey, connection } = client as unknown as Cancellable
  try {
    if (processID !== null && secretKey !== null) await sendCancel(driver, server, processID, secretKey)
  } finally {
    connection.stream.destroy()
  }
}

function sendCancel(driver: Driver, server: TcpServer, processID: number, secretKey: number): Promise<void> {
  const connection = new driver.Connection({
    ssl: server.encrypted ? { rejectUnauthorized: true } : false,
  } as never) as unknown as CancelConnection
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, CANCEL_TIMEOUT_MS)
  const send = () => connection.cancel(processID, secretKey)
  connection.on('error', resolve)
  connection.on('end', resolve)
  if (server.encrypted) connection.on('connect', () => connection.requestSsl()).on('sslconnect', send)
  else connection.on('connect', send)
  connection.connect(server.port, server.host)
  return promise.finally(() => {
    clearTimeout(timer)
    connection.stream.destroy()
  })
}

/** The server's error in the form that Neon's driver gives it, so that one table maps both. */
function asNeonError(error: unknown): unknown {
  if (!isServerError(error)) return error
  const { message, severity, code, position } = error
  return Object.assign(new NeonDbError(message), { severity, code, position })
}

interface ServerError extends Error {
  readonly severity: string
  readonly code: string
  readonly position?: string
}

/**
 * Told from a socket's error, whose code is a name such as ECONNRESET, by the severity that only a server
 * sends.
 */
function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error
}
