/** MySQL and MariaDB: a connection per call, opened at its first use. Each use is one transaction. */

import { MySqlDatabase, MySqlDialect, type MySqlTable } from 'drizzle-orm/mysql-core'
import {
  type MySql2PreparedQueryHKT,
  type MySql2QueryResultHKT,
  MySql2Session,
} from 'drizzle-orm/mysql2/session'
import type { Connection, ResultSetHeader } from 'mysql2'
import * as drivers from '#drivers'
import type { Caller } from '../../infra/caller.ts'
import { isLoopback } from '../../infra/config/urls.ts'
import { traceComment } from '../../infra/observability/trace.ts'
import type { CallScope } from '../call-scope.ts'
import { engineShareMs, withinDeadline } from '../deadline.ts'
import { exactSession } from '../exact-fields.ts'
import { createExecutor } from '../execute.ts'
import { countResults, issueStatements, type OwnedWrites, ownedWhere, ownerValues } from '../owned-rows.ts'
import type { MySql } from './capability.ts'
import { isDeadlock, toRowgateError, uncertain } from './errors.ts'

/** The server's address, from a Hyperdrive binding or a URL. */
export interface MySqlServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Whether to connect by TLS. Hyperdrive's own end has none: it is within the platform. */
  readonly encrypted?: boolean
}

/** Limit for connecting and the login, in milliseconds: a server that is down is reported within 3 s. */
const CONNECT_TIMEOUT_MS = 2_500

/** Limit for closing the connection properly before the socket is dropped, in milliseconds. */
const GOODBYE_MS = 1_000

const DEFAULT_PORT = 3306

/**
 * workerd always checks the certificate's name itself, and hides the certificate from the driver, which
 * checks it elsewhere.
 */
const IS_WORKERD = globalThis.navigator?.userAgent === 'Cloudflare-Workers'

type AccessMode = 'read' | 'write'

const START: Readonly<Record<AccessMode, string>> = {
  read: 'start transaction read only',
  write: 'start transaction',
}

/** One statement of a transaction. */
interface Step {
  run(): Promise<unknown>
  /** The SQL, with `?` for every value. */
  text(): string
}

type Build = (rows: OwnedWrites<MySqlTable>) => readonly unknown[]

type Limits = Parameters<typeof withinDeadline>[0]

/** The type that `drizzle-orm/mysql2` would return. That module would bundle the driver into the Worker. */
type Drizzle = MySqlDatabase<MySql2QueryResultHKT, MySql2PreparedQueryHKT>

interface Session {
  readonly connection: Connection
  readonly db: Drizzle
}

/** Parses `mysql://user:password@host:port/database`; the settings have checked its form. */
function serverOf(setting: string): MySqlServer {
  const url = new URL(setting)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    encrypted: !isLoopback(url.hostname),
  }
}

/** Made once per isolate. The driver loads when a call first uses the database. */
export function createMySql(setting: MySqlServer | string): (caller: Caller, call: CallScope) => MySql {
  const server = typeof setting === 'string' ? serverOf(setting) : setting
  const execute = createExecutor({
    engine: 'mysql',
    title: 'MySQL',
    toRowgateError,
    // A deadlock rolled the whole transaction back, so even a write may be retried.
    mayRetry: (error, repeatable) => (repeatable && error.code === 'UNAVAILABLE') || isDeadlock(error),
  })
  return (caller, call) => {
    const comment = traceComment(call.traceId)
    let session: Promise<Session> | undefined
    let queue: Promise<unknown> = Promise.resolve()

    async function run(connection: Connection, access: AccessMode, steps: readonly Step[]) {
      const opening = START[access] + comment
      const transaction = new Transaction(connection, access, opening, call.deadline - Date.now())
      try {
        return await inTime(connection, call, () => transaction.run(steps))
      } catch (error) {
        throw transaction.committing ? uncertain(error) : error
      }
    }

    /** Transactions run one after another: a connection has room for one. */
    function inTurn(access: AccessMode, build: Build): Promise<unknown[]> {
      let steps: readonly Step[] = []
      const operation = {
        call,
        repeatable: access === 'read',
        auditFirst: access === 'write',
        statements: () => steps.map((step) => step.text()),
        count: countResults,
      }
      const send = async () => {
        try {
          session ??= openSession(server, call)
          const { connection, db } = await session
          const { rows, redeem } = verbs(db, caller)
          steps = build(rows).map(redeem)
          return await run(connection, access, steps)
        } catch (error) {
          // After any error the next use opens a new connection.
          session = undefined
          throw error
        }
      }
      const turn = queue.then(() => execute<unknown[]>(operation, send))
      queue = turn.catch(() => undefined)
      return turn
    }

    return {
      // Each statement returns what its verb declares, in order; a list of mixed types cannot express that.
      read: (build) => inTurn('read', build) as Promise<never>,
      write: (build) => inTurn('write', build) as Promise<never>,
    }
  }
}

async function openSession(server: MySqlServer, call: CallScope): Promise<Session> {
  const { createConnection } = await drivers.mysql2()
  const { host, port, user, password, database } = server
  const connection = createConnection({
    ...{ host, port, user, password, database },
    connectTimeout: CONNECT_TIMEOUT_MS,
    // workerd forbids code generation at run time.
    disableEval: true,
    // An object is never expanded into SQL.
    stringifyObjects: true,
    // A BIGINT beyond a double is returned as text.
    supportBigNumbers: true,
    ...(server.encrypted && { ssl: { rejectUnauthorized: true, verifyIdentity: !IS_WORKERD } }),
  })
  // A pending query rejects by itself; without a listener a lost connection would be an uncaught error too.
  connection.on('error', () => undefined)
  call.onEnd(() => goodbye(connection))
  await inTime(connection, call, () => promisify((done) => connection.connect(done)))
  return { connection, db: drizzle(connection) }
}

function drizzle(connection: Connection): Drizzle {
  const dialect = new MySqlDialect()
  const session = exactSession(
    new MySql2Session(connection.promise(), dialect, undefined, { mode: 'default' }),
  )
  return new MySqlDatabase(dialect, session, undefined, 'default')
}

/**
 * One caller's verbs, and their statements. Each verb's own type checks the values against its table;
 * Drizzle's cannot be computed for a table that is not known yet, hence `never`.
 */
function verbs(db: Drizzle, caller: Caller) {
  const { issue, redeem } = issueStatements<Step>()
  const step = (query: { toSQL(): { readonly sql: string } }, run: Step['run']) =>
    issue({ run, text: () => query.toSQL().sql })
  const rows: OwnedWrites<MySqlTable> = {
    select: (from, fields, { where, ...rest }) => {
      const all = db
        .select(fields)
        .from(from)
        .where(ownedWhere(from, caller, where))
        .$dynamic()
      const query = 'limit' in rest ? all.orderBy(...rest.orderBy).limit(rest.limit) : all
      return step(query, async () => await query)
    },
    insertOnce: (into, row) => {
      // Leaves an existing row as it is. `insert ignore` would swallow every other error too.
      const query = db
        .insert(into)
        .values({ ...row, ...ownerValues(into, caller) } as never)
        .onDuplicateKeyUpdate({ set: { tenantId: into.tenantId } as never })
      return step(query, async () => void (await query))
    },
    update: (table, changes, where) => {
      const query = db
        .update(table)
        .set({ ...changes, ...ownerValues(table, caller) } as never)
        .where(ownedWhere(table, caller, where))
      return step(query, async () => matched(await query))
    },
    remove: (from, where) => {
      const query = db.delete(from).where(ownedWhere(from, caller, where))
      return step(query, async () => matched(await query))
    },
  }
  return { rows, redeem }
}

/** The driver is configured to count the rows that a statement matched, changed or not. */
function matched([header]: readonly [ResultSetHeader, ...unknown[]]): number {
  return header.affectedRows
}

class Transaction {
  /** True between sending COMMIT and its answer. */
  committing = false
  readonly #connection: Connection
  readonly #access: AccessMode
  readonly #opening: string
  readonly #leftMs: number

  constructor(connection: Connection, access: AccessMode, opening: string, leftMs: number) {
    this.#connection = connection
    this.#access = access
    this.#opening = opening
    this.#leftMs = leftMs
  }

  async run(steps: readonly Step[]): Promise<unknown[]> {
    await this.#send(this.#opening)
    // Inside the transaction: a transaction pooler drops a session's settings after it.
    await this.#send(sessionSettings(this.#leftMs))
    const results: unknown[] = []
    try {
      for (const step of steps) results.push(await step.run())
    } catch (error) {
      // If this fails the connection is gone, and the server rolls back by itself.
      await this.#send('rollback').catch(() => undefined)
      throw error
    }
    this.committing = this.#access === 'write'
    await this.#send('commit')
    this.committing = false
    return results
  }

  #send(sql: string): Promise<void> {
    return promisify((done) => this.#connection.query(sql, done))
  }
}

/**
 * The SQL modes fix how the driver's quoting is parsed (no NO_BACKSLASH_ESCAPES, no ANSI_QUOTES), and make a
 * value that does not fit an error. Each server ignores the versioned comment that is for the other.
 */
function sessionSettings(leftMs: number): string {
  const statementMs = engineShareMs(leftMs)
  const seconds = statementMs / 1_000
  return [
    "set session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'",
    `innodb_lock_wait_timeout = ${Math.max(1, Math.floor(seconds))}`,
    "time_zone = '+00:00'",
  ]
    .join(', ')
    .concat(` /*!50708 , max_execution_time = ${statementMs} */`)
    .concat(` /*M!100101 , max_statement_time = ${seconds} */`)
}

/** A connection that timed out is closed, and the server rolls its transaction back. */
async function inTime<T>(connection: Connection, limits: Limits, work: () => Promise<T>): Promise<T> {
  try {
    return await withinDeadline(limits, work, () => connection.destroy())
  } catch (error) {
    throw toRowgateError(error)
  }
}

/** Asks the server to close the connection, and does not wait long for one that does not. */
function goodbye(connection: Connection): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, GOODBYE_MS)
  connection.once('end', resolve)
  connection.end((error) => {
    if (error) resolve()
  })
  return promise.finally(() => {
    clearTimeout(timer)
    connection.destroy()
  })
}

function promisify(start: (done: (error: Error | null) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null ? resolve() : reject(error)))
  })
}
