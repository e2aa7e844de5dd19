/**
 * A migrated Postgres behind its HTTP endpoint (embedded, or the machine's PostgreSQL 15), and its callers.
 */

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NeonDbError, neon } from '@neondatabase/serverless'
import type pg from 'pg'
import { exampleNames } from '../../../scripts/local/migration-files.ts'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../../scripts/local/postgres/endpoint.ts'
import { loginName } from '../../../scripts/local/postgres/login.ts'
import { applyMigrations } from '../../../scripts/local/postgres/migrations.ts'
import { type PgBouncer, startPgBouncer } from '../../../scripts/measure/pgbouncer.ts'
import type { Postgres } from '../../../src/data/postgres/capability.ts'
import { createPostgres, type PostgresSettings } from '../../../src/data/postgres/connector.ts'
import { openNeonHttp } from '../../../src/data/postgres/neon-http.ts'
import type { Caller } from '../../../src/infra/caller.ts'
import { partOf } from '../full.ts'
import { makeStandInTable } from '../product/served/tables.ts'
import { shared } from '../product/shared.ts'
import type { Certificate } from './certificate-authority.ts'
import { pgBouncerMissing } from './pgbouncer.ts'
import { connectToServer, createDatabase, postgres15Missing } from './postgres15.ts'

const PASSWORD = 'only for tests'
const KEY_BYTES = Buffer.alloc(32, 'identity ')

/** The initial identity key of a database. */
export const IDENTITY_KEY = `k1:${KEY_BYTES.toString('base64')}`

type TestSettings = PostgresSettings & { readonly databaseUrl: string }

export interface TestDatabase {
  readonly settings: TestSettings
  readonly endpoint: PostgresEndpoint
  /** The Worker's login here. */
  readonly login: string
  /** The database as a caller of the product sees it. */
  as(userId: string, over?: { timeoutMs?: number; signal?: AbortSignal }): Postgres
  /**
   * Runs raw statements in one transaction, without our seal. Gives the last one's rows, or the SQLSTATE.
   * `login` replaces the restricted login.
   */
  transaction(statements: readonly Statement[], login?: string): Promise<Rows | string>
  /** Connection string of a login with the tests' password. */
  url(login: string): string
  close(): Promise<void>
}

export type Statement = readonly [query: string, params?: readonly unknown[]]
type Rows = Record<string, unknown>[]

export function caller(userId: string, tenantId = 'default'): Caller {
  return { userId, tenantId, scopes: new Set(['tasks:read', 'tasks:write']) }
}

const missing = postgres15Missing()

/** For `describe.each`. On PostgreSQL 15 the migrations' owner is no superuser, as on Neon. */
export const databases = [
  { engine: 'the embedded Postgres', start: startEmbedded },
  ...(missing ? [] : [{ engine: 'PostgreSQL 15', start: startServer }]),
]

/**
 * For behaviour of any Postgres: PostgreSQL 15, which starts at once, or the embedded one if it is missing.
 */
export const startDatabase = missing ? startEmbedded : startServer

/** For `describe.each`, for behaviour of any Postgres: one of them, and all in `npm run test:full`. */
export const anyDatabase = partOf(databases, { every: databases.length, first: databases.length - 1 })

/**
 * PostgreSQL 15 over TCP: direct, or through a pooler in transaction mode, which stands in for Hyperdrive.
 */
export const overTcp = missing
  ? []
  : [
      { engine: 'PostgreSQL 15 by TCP', start: startTcp },
      ...(pgBouncerMissing() ? [] : [{ engine: 'PostgreSQL 15 through PgBouncer', start: startPooled }]),
    ]

async function startTcp(): Promise<TestDatabase> {
  const postgresUrl = await copyMigrated()
  const server = new URL(postgresUrl)
  return await startOverTcp(postgresUrl, Number(server.port))
}

async function startPooled(): Promise<TestDatabase> {
  const postgresUrl = await copyMigrated()
  const pooler = await startPooler(postgresUrl)
  return await startOverTcp(postgresUrl, pooler.port, pooler.stop)
}

function startPooler(postgresUrl: string, certificate?: Certificate): Promise<PgBouncer> {
  const server = { host: '127.0.0.1', port: Number(new URL(postgresUrl).port) }
  const users = { [loginName(MIGRATED)]: PASSWORD, rowgate_owner: PASSWORD }
  return startPgBouncer(server, users, { certificate })
}

/** The same database through two poolers: one that takes TLS only, and one that has none. */
export async function startBehindTls(
  certificate: Certificate,
): Promise<{ database: TestDatabase; secure: PgBouncer; plain: PgBouncer }> {
  const postgresUrl = await copyMigrated()
  const [secure, plain] = [await startPooler(postgresUrl, certificate), await startPooler(postgresUrl)]
  const database = await startOverTcp(postgresUrl, secure.port, async () => {
    await secure.stop()
    await plain.stop()
  })
  return { database, secure, plain }
}

async function startOverTcp(
  postgresUrl: string,
  port: number,
  afterwards?: () => Promise<void>,
): Promise<TestDatabase> {
  const database = await serve(await startPostgresEndpoint({ postgresUrl }), afterwards)
  const url = new URL(database.settings.databaseUrl)
  const databaseUrl = Object.assign(url, { hostname: '127.0.0.1', port: String(port) }).href
  return withSettings(database, { ...database.settings, databaseUrl, fetchEndpoint: undefined })
}

/**
 * The embedded Postgres, on a copy of the run's data: for tests that need a superuser, or two databases of
 * one name.
 */
export async function startEmbedded(): Promise<TestDatabase> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rowgate-postgres-'))
  await cp(await shared('cluster'), dataDirectory, { recursive: true })
  const endpoint = await startPostgresEndpoint({ dataDirectory })
  await endpoint.owner(letIn(loginName(EMBEDDED)))
  return await serve(endpoint, () => rm(dataDirectory, { recursive: true, force: true }))
}

async function startServer(): Promise<TestDatabase> {
  return await serve(await startPostgresEndpoint({ postgresUrl: await copyMigrated() }))
}

async function serve(endpoint: PostgresEndpoint, afterwards?: () => Promise<void>): Promise<TestDatabase> {
  const { rows: logins } = await endpoint.owner('select rowgate.login()')
  const login = String(logins[0]?.[0])
  await endpoint.owner(`select rowgate.install_key('k1', decode('${KEY_BYTES.toString('hex')}', 'hex'))`)
  const { rows } = await endpoint.owner('select current_database()')
  const database = String(rows[0]?.[0])
  const url = (role: string) => endpoint.handOut({ user: role, password: PASSWORD, database })
  const settings: TestSettings = {
    databaseUrl: url(login),
    fetchEndpoint: endpoint.url,
    identityKey: IDENTITY_KEY,
    development: false,
    maxPlanCost: 1_000_000,
  }
  return {
    settings,
    as: callers(settings),
    endpoint,
    login,
    url,
    async transaction(statements, as = login) {
      // Makes the driver send what is for this login to this endpoint.
      await openNeonHttp(url(as), endpoint.url)
      const client = neon(url(as))
      try {
        const results = await client.transaction(
          statements.map(([query, params]) => client.query(query, [...(params ?? [])])),
        )
        return results.at(-1) ?? []
      } catch (error) {
        if (error instanceof NeonDbError && error.code !== undefined) return error.code
        throw error
      }
    },
    async close() {
      await endpoint.close()
      await afterwards?.()
    },
  }
}

function withSettings(database: TestDatabase, settings: TestSettings): TestDatabase {
  return { ...database, settings, as: callers(settings) }
}

function callers(settings: PostgresSettings): TestDatabase['as'] {
  const open = createPostgres(settings)
  return (userId, { timeoutMs = 30_000, signal = new AbortController().signal } = {}) =>
    open(caller(userId), { signal, deadline: Date.now() + timeoutMs })
}

/** The SQL that lets a role log in with the tests' password. */
export function letIn(role: string): string {
  return `alter role ${role} login password '${PASSWORD}'`
}

/** The embedded Postgres' only database. */
const EMBEDDED = 'postgres'

/** The template database of PostgreSQL 15 that every file copies. */
const MIGRATED = 'migrated'

/**
 * PostgreSQL 15 with a login that no other database of the run has. For tests in which the login owns
 * something: Postgres tells that in every database, and all of them would refuse the login meanwhile.
 */
export async function startWithOwnLogin(): Promise<TestDatabase> {
  // Makes the owner.
  await copyMigrated()
  const url = await createDatabase('owner rowgate_owner')
  await migrate(url, loginName(new URL(url).pathname.slice(1)))
  return await serve(await startPostgresEndpoint({ postgresUrl: asOwner(url) }))
}

/** Gives the owner's URL of a new database. The owner may create roles and nothing more. */
async function copyMigrated(): Promise<string> {
  const server = await connectToServer()
  try {
    // Roles and the template belong to the whole server, so one file at a time creates them.
    await server.query('select pg_advisory_lock(1)')
    const { rowCount } = await server.query('select from pg_database where datname = $1', [MIGRATED])
    if (rowCount === 0) await makeMigrated(server)
    return asOwner(await createDatabase(`template ${MIGRATED} owner rowgate_owner`))
  } finally {
    await server.end()
  }
}

/** Renamed when complete, so that nobody copies a part of it. */
async function makeMigrated(server: pg.Client): Promise<void> {
  await server.query(`create role rowgate_owner createrole login password '${PASSWORD}'`)
  const url = await createDatabase('owner rowgate_owner')
  // A login belongs to the whole server, so all copies share this one.
  await migrate(url, loginName(MIGRATED))
  await server.query(`alter database ${new URL(url).pathname.slice(1)} rename to ${MIGRATED}`)
}

async function migrate(url: string, login: string): Promise<void> {
  const endpoint = await startPostgresEndpoint({ postgresUrl: asOwner(url) })
  await applyMigrations(endpoint.owner, { examples: exampleNames('postgresql'), login, password: PASSWORD })
  await makeStandInTable(endpoint.owner)
  await endpoint.close()
}

function asOwner(url: string): string {
  return Object.assign(new URL(url), { username: 'rowgate_owner', password: PASSWORD }).href
}
