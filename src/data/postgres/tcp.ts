/**
 * Postgres over TCP: a server, a pooler or Hyperdrive. A transaction is one connection and one flight: BEGIN,
 * the statements and COMMIT are sent without waiting in between. It works through a transaction pooler: no
 * named statements, no session settings, no LISTEN.
 */

import * as drivers from '#drivers'
import { waitFor } from '../../infra/resilience/timeout.ts'
import { lazy } from '../lazy.ts'
import { tooLarge } from './bounded-fetch.ts'
import { cancel } from './cancel-request.ts'
import {
  type Built,
  type Flight,
  type PostgresClient,
  parseJsonExactly,
  type Result,
  type TcpServer,
} from './driver.ts'
import { type Client, type Driver, type FlightStatement, fly } from './flight.ts'
import { watchTls } from './tls-failure.ts'

/** A statement of this driver's `query`. */
interface Statement extends Built {
  readonly queryData: { readonly query: string; readonly params: readonly unknown[] }
}

/** Limit for connecting and the login, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000
/** Timeout of a goodbye, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000

const BEGIN = { read: 'begin read only', write: 'begin read write' } as const
const COMMIT = 'commit'

const load = lazy(async () => {
  const driver = await drivers.pg()
  parseJsonExactly(driver.types)
  return driver
})

/**
 * Made once per isolate; a connection is made per transaction, since workerd ties a socket to its request.
 */
export function openTcp(server: TcpServer): PostgresClient {
  return {
    query: statement,
    async transaction(statements, flight) {
      const begin = statement(BEGIN[flight.readOnly ? 'read' : 'write'])
      const segments = () => [
        // All are statements of this driver's `query`.
        [begin, ...(statements() as readonly Statement[])],
        // After an error this COMMIT is a ROLLBACK.
        [statement(COMMIT)],
      ]
      return (await send(server, segments, flight)).slice(1, -1)
    },
    async execute(query, params, flight) {
      const [result] = await send(server, () => [[statement(query, params)]], flight)
      if (result === undefined) throw new Error('The database returned no result.')
      return result
    },
  }
}

function statement(query: string, params: readonly unknown[] = [], opts?: Built['opts']): Statement {
  return { queryData: { query, params }, opts }
}

/**
 * Connects, sends everything, and returns all results or throws the first error. The connection is closed
 * either way.
 */
async function send(
  server: TcpServer,
  segments: () => readonly (readonly Statement[])[],
  flight: Flight,
): Promise<Result[]> {
  const { signal, onEnd } = flight
  signal.throwIfAborted()
  const closing: Promise<unknown>[] = []
  const close = (work: Promise<unknown>) => void closing.push(work.catch(() => undefined))
  onEnd?.(async () => void (await Promise.all(closing)))
  const driver = await load()
  signal.throwIfAborted()
  const client = clientOf(driver, server)
  const failure = Promise.withResolvers<never>()
  // A lost connection also comes as an event, which is uncaught without a listener.
  client.on('error', failure.reject)
  failure.promise.catch(() => undefined)
  let abandoned = false
  const abandon = (reason: unknown) => {
    if (abandoned) return
    abandoned = true
    failure.reject(reason)
    close(cancel(driver, server, client))
  }
  const abort = () => abandon(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  // pg's own timer does not end a handshake in workerd.
  const timer = setTimeout(() => abandon(new Error('The server did not let us in.')), CONNECT_TIMEOUT_MS)
  const tlsFailure = watchTls(client)
  const run = async () => {
    await client.connect()
    clearTimeout(timer)
    if (abandoned) return []
    const statements = segments().map((segment) => segment.map((each) => flown(driver, each)))
    return await fly(driver, client, statements, { onRow: cap(flight.maxAnswerBytes, abandon) }).answers
  }
  try {
    const results = await Promise.race([run(), failure.promise])
    return results.map((result) => ({ ...result, rowCount: result.rowCount ?? 0, rowAsArray: true }))
  } catch (error) {
    throw tlsFailure(error) ?? error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    // An abandoned connection stays open until its statement is cancelled.
    if (!abandoned) close(waitFor(client.end(), { ms: CLOSE_TIMEOUT_MS }))
    if (onEnd === undefined) await Promise.all(closing)
  }
}

function clientOf(driver: Driver, server: TcpServer): Client {
  return new driver.Client({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    database: server.database,
    ssl: server.encrypted ? { rejectUnauthorized: true } : false,
    application_name: 'rowgate',
  })
}

/** With the driver's own parsers, which are those of Neon's driver too. */
function flown({ types }: Driver, { queryData: { query, params }, opts }: Statement): FlightStatement {
  const { getTypeParser } = opts?.types ?? types
  return { text: query, parameters: params, parserOf: (oid) => getTypeParser(oid, 'text') }
}

/** Rejects once the rows received take more than this many bytes. */
function cap(limit: number | undefined, refuse: (error: Error) => void): (bytes: number) => void {
  let bytes = 0
  return (row) => {
    bytes += row
    if (limit === undefined || bytes <= limit) return
    const error = tooLarge(`The rows take more than ${limit} bytes`)
    refuse(error)
    throw error
  }
}
