/**
 * A real Postgres server. Every login that was handed out has its own connections, so the server enforces its
 * privileges.
 */

import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { serialize } from 'pg-protocol'
import { type FlightStatement, type Flown, fly } from '../../../src/data/postgres/flight.ts'
import {
  type Backend,
  type Login,
  loginRefused,
  PostgresError,
  type Result,
  type Statement,
  type Work,
} from './backend.ts'
import { RESET } from './reset.ts'
import { createTurns, type Turns } from './turns.ts'

/** Few enough for a laptop's `max_connections`, enough for parallel calls. */
const CONNECTIONS_PER_LOGIN = 8
/** Below the total, so that one caller's slow statements leave some for the others. */
const CONNECTIONS_PER_CALLER = 4
/**
 * Calls until a connection is closed. A session keeps time zones and anonymous row types until its end, and
 * resetting does not free them. The guard lets a call add half a megabyte at most.
 */
const USES_PER_CONNECTION = 200
const OWNER_CONNECTIONS = 2
const IDLE_MS = 10_000
const CONNECT_LIMIT_MS = 5_000
/** Until a statement that was cancelled and is not over is cancelled again. */
const CANCEL_AGAIN_MS = 50

type Rows = pg.QueryArrayResult<(string | null)[]>

/** Values are text, as Postgres prints them. */
const asText = { rowMode: 'array', types: { getTypeParser: () => (text: string) => text } } as const

export async function openServer(ownerUrl: string): Promise<Backend> {
  const owners = openPool({ connectionString: ownerUrl, max: OWNER_CONNECTIONS })
  const pools = new Map<string, SharedPool>()
  const poolOf = (connectionString: string): SharedPool => {
    const pool = pools.get(connectionString) ?? openSharedPool(connectionString)
    pools.set(connectionString, pool)
    return pool
  }
  const backend: Backend = {
    run: ({ login, caller }, signal, work) => {
      const connectionString = urlOf(ownerUrl, login)
      const { pool, takeTurn } = poolOf(connectionString)
      return takeTurn(caller, async () => {
        signal.throwIfAborted()
        const client = await logIn(pool, login)
        if (signal.aborted) client.release()
        signal.throwIfAborted()
        const { answers, landed } = fly({ serialize }, client, segmentsOf(work), { afterwards: RESET })
        let cancelled: Promise<void> | undefined
        const stop = () => {
          cancelled = cancelUntil(landed, { connectionString }, client)
        }
        signal.addEventListener('abort', stop, { once: true })
        // The answer does not wait for the session to be clean; whoever has the connection next does, and for
        // the last cancel, which would end a statement of theirs.
        void settled(landed)
          .then(() => signal.removeEventListener('abort', stop))
          .then(() => cancelled)
          .then(() => leave(client, landed))
        const results = (await translated(answers)).map(resultOf)
        return work.begin === undefined ? results : results.slice(1, -1)
      })
    },
    async owner(sql) {
      // node-postgres gives an array for several statements, which its types do not say.
      const answer: Rows | Rows[] = await translated(owners.query({ ...asText, text: sql }))
      const last = Array.isArray(answer) ? answer.at(-1) : answer
      if (last === undefined) throw new Error('Postgres did not answer a statement.')
      return resultOf({ ...last, command: last.command ?? '' })
    },
    async close() {
      const shared = Array.from(pools.values(), ({ pool }) => pool)
      await Promise.all([owners, ...shared].map((pool) => pool.end()))
    },
  }
  try {
    await backend.owner('select 1')
  } catch (error) {
    await backend.close()
    throw error
  }
  return backend
}

/** A login's connections, shared by its callers. */
interface SharedPool {
  readonly pool: pg.Pool
  readonly takeTurn: Turns
}

function openSharedPool(connectionString: string): SharedPool {
  return {
    pool: openPool({ connectionString, max: CONNECTIONS_PER_LOGIN, maxUses: USES_PER_CONNECTION }),
    takeTurn: createTurns({ places: CONNECTIONS_PER_LOGIN, placesPerCaller: CONNECTIONS_PER_CALLER }),
  }
}

/** Whether the server accepts this login. */
export async function logsIn(ownerUrl: string, login: Login): Promise<boolean> {
  const client = new pg.Client({
    connectionString: urlOf(ownerUrl, login),
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  })
  client.on('error', () => undefined)
  return await client.connect().then(
    async () => {
      await client.end()
      return true
    },
    () => false,
  )
}

async function logIn(pool: pg.Pool, login: Login): Promise<pg.PoolClient> {
  try {
    return await translated(pool.connect())
  } catch (error) {
    // node-postgres fails itself on a password challenge without a password.
    if (error instanceof Error && error.message.startsWith('SASL')) throw loginRefused(login.user)
    throw error
  }
}

function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  })
  // Without a listener, a connection lost while idle would end the process. The pool replaces it at the next
  // use.
  pool.on('error', () => undefined)
  // The same for a connection in use. Its statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** The owner's URL with another login. A caller can never choose the address or its TLS settings. */
function urlOf(ownerUrl: string, { user, password, database }: Login): string {
  const url = new URL(ownerUrl)
  url.username = encodeURIComponent(user)
  url.password = encodeURIComponent(password)
  url.pathname = encodeURIComponent(database)
  return url.href
}

function segmentsOf({ statements, begin }: Work): FlightStatement[][] {
  const flown = (query: string, params: Statement['params'] = []): FlightStatement => ({
    text: query,
    parameters: params,
    parserOf: () => (text) => text,
  })
  const asked = statements.map(({ query, params }) => flown(query, params))
  return begin === undefined ? [asked] : [[flown(begin), ...asked], [flown('COMMIT')]]
}

/** Resolves when it has been resolved or rejected. */
async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined)
}

/** Returns the connection to the pool once it has been reset, or closes it. */
async function leave(client: pg.PoolClient, landed: Promise<unknown>): Promise<void> {
  const isClean = await landed.then(
    () => client.getTransactionStatus() === 'I',
    () => false,
  )
  client.release(!isClean)
}

/** A cancel that comes between two statements is lost, so that one may not be enough. */
async function cancelUntil(
  landed: Promise<unknown>,
  config: pg.ClientConfig,
  busy: pg.PoolClient,
): Promise<void> {
  let isOver = false
  const over = settled(landed).then(() => (isOver = true))
  while (!isOver) {
    await cancel(config, busy)
    await Promise.race([over, delay(CANCEL_AGAIN_MS)])
  }
}

/** Cancels the connection's statement. A role may cancel its own, so the caller's login is enough. */
async function cancel(config: pg.ClientConfig, busy: pg.PoolClient): Promise<void> {
  // node-postgres has the backend's process id, but its types do not.
  const { processID } = busy as pg.PoolClient & { readonly processID?: number }
  const client = new pg.Client({ ...config, connectionTimeoutMillis: CONNECT_LIMIT_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_cancel_backend($1)', [processID])
  } catch {
    // The server is gone or full, so the statement cannot be cancelled.
  } finally {
    await client.end()
  }
}

function resultOf({ fields, rows, command, rowCount }: Flown): Result {
  return {
    fields: fields.map(({ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier }) => ({
      ...{ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier },
      format: 'text',
    })),
    // No parser has changed the text.
    rows: rows as (string | null)[][],
    command,
    rowCount,
  }
}

async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw PostgresError.from(error) ?? error
  }
}
