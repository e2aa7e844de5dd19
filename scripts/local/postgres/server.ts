/**
 * A real Postgres server. Every login that was handed out has its own connections, so the server enforces its
 * privileges.
 */

import pg from 'pg'
import {
  type Backend,
  type Login,
  loginRefused,
  PostgresError,
  type Result,
  type Session,
} from './backend.ts'
import { createTurns, type Turns } from './turns.ts'

/** Few enough for a laptop's `max_connections`, enough for parallel calls. */
const CONNECTIONS_PER_LOGIN = 8
/** Below the total, so that one caller's slow statements leave some for the others. */
const CONNECTIONS_PER_CALLER = 4
/**
 * Calls until a connection is closed. A session keeps time zones and anonymous row types until its end, and
 * DISCARD ALL does not free them. The guard lets a call add half a megabyte at most.
 */
const USES_PER_CONNECTION = 200
const OWNER_CONNECTIONS = 2
const IDLE_MS = 10_000
const CONNECT_LIMIT_MS = 5_000

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
    session: ({ login, caller }, signal, work) => {
      const connectionString = urlOf(ownerUrl, login)
      const { pool, takeTurn } = poolOf(connectionString)
      return takeTurn(caller, async () => {
        signal.throwIfAborted()
        const client = await logIn(pool, login)
        const stop = () => void cancel({ connectionString }, client)
        signal.addEventListener('abort', stop, { once: true })
        try {
          signal.throwIfAborted()
          return await work(sessionOf(client))
        } finally {
          signal.removeEventListener('abort', stop)
          await leave(client)
        }
      })
    },
    async owner(sql) {
      // node-postgres gives an array for several statements, which its types do not say.
      const answer: Rows | Rows[] = await translated(owners.query({ ...asText, text: sql }))
      return readRows(Array.isArray(answer) ? answer.at(-1) : answer)
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

function sessionOf(client: pg.PoolClient): Session {
  return {
    async run({ query, params }) {
      // `queryMode` prevents the simple protocol for a statement without values, which would allow several
      // statements at once.
      const config = { ...asText, text: query, values: [...params], queryMode: 'extended' }
      return readRows(await translated(client.query<(string | null)[]>(config)))
    },
  }
}

/** Resets the connection and returns it to the pool, or closes it. */
async function leave(client: pg.PoolClient): Promise<void> {
  try {
    if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
    await client.query('DISCARD ALL')
    client.release()
  } catch {
    client.release(true)
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

function readRows(answer: Rows | undefined): Result {
  if (answer === undefined) throw new Error('Postgres did not answer a statement.')
  const fields = answer.fields.map(
    ({ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier }) => ({
      ...{ name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier },
      format: 'text',
    }),
  )
  return { fields, rows: answer.rows, command: answer.command ?? '', rowCount: answer.rowCount }
}

async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw PostgresError.from(error) ?? error
  }
}
