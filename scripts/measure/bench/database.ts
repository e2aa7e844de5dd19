/** The measurements' database, with one caller's tasks: a migrated embedded Postgres, or one on a server. */

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Refusal } from '../../cli/cli-error.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../local/postgres/endpoint.ts'
import { identifier } from '../../local/postgres/literal.ts'
import { loginName } from '../../local/postgres/login.ts'
import { applyMigrations } from '../../local/postgres/migrations.ts'
import { type PgBouncer, startPgBouncer } from '../pgbouncer.ts'
import { CALLER } from './caller.ts'
import { TASKS } from './fixture.ts'

const TABLE = new URL('../tasks/table.sql', import.meta.url)

export interface DatabaseOptions {
  readonly identityKey: string
  /** Those whose tables it gets as well. */
  readonly examples?: readonly string[]
  /** Owner's URL of an empty database of a real server, which is used instead and emptied afterwards. */
  readonly ownerUrl?: string | undefined
}

export interface Database {
  readonly endpoint: PostgresEndpoint
  /** The restricted login's connection string for the endpoint. */
  readonly url: string
  /** The restricted login and its password. */
  readonly login: { readonly user: string; readonly password: string }
  close(): Promise<void>
}

export async function startDatabase({
  identityKey,
  examples = [],
  ownerUrl,
}: DatabaseOptions): Promise<Database> {
  const endpoint = await startPostgresEndpoint(ownerUrl === undefined ? {} : { postgresUrl: ownerUrl })
  const { owner } = endpoint
  const database = await nameOf(owner)
  const login = { user: loginName(database), password: randomBytes(16).toString('hex') }
  const close = async () => {
    if (ownerUrl !== undefined) await empty(owner, login.user)
    await endpoint.close()
  }
  try {
    if (ownerUrl !== undefined) await refuseUsed(owner, database)
  } catch (error) {
    await endpoint.close()
    throw error
  }
  try {
    await applyMigrations(owner, { examples, password: login.password, identityKey })
    await owner(await readFile(TABLE, 'utf8'))
    await owner(`insert into tasks (id, user_id, title, description)
      select gen_random_uuid(), '${CALLER.userId}', 'Task number ' || n, 'What task number ' || n || ' is about'
      from generate_series(1, ${TASKS}) n; analyze tasks`)
  } catch (error) {
    await close()
    throw error
  }
  return { endpoint, url: endpoint.handOut({ ...login, database }), login, close }
}

/** The restricted login's connection string for the server itself, or for a pooler in front of it. */
export function tcpUrl({ login }: Database, ownerUrl: string, port?: number): string {
  const url = Object.assign(new URL(ownerUrl), { username: login.user, password: login.password })
  return (port === undefined ? url : Object.assign(url, { hostname: '127.0.0.1', port: String(port) })).href
}

/** PgBouncer in transaction mode in front of the server. */
export function startPooler({ login }: Database, ownerUrl: string): Promise<PgBouncer> {
  const { hostname, port } = new URL(ownerUrl)
  const server = { host: hostname, port: port === '' ? 5432 : Number(port) }
  return startPgBouncer(server, { [login.user]: login.password })
}

async function nameOf(owner: Owner): Promise<string> {
  const { rows } = await owner('select current_database()')
  return rows[0]?.[0] ?? ''
}

/** Refuses a database with tables: the measurements drop what is in it. */
export async function refuseUsed(owner: Owner, database: string): Promise<void> {
  const { rows } =
    await owner(`select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') limit 1`)
  if (rows.length === 0) return
  throw new Refusal(
    `The database ${database} has tables, such as ${rows[0]?.[0]}. Measurements take an empty one and empty it again: create database measure;`,
  )
}

async function empty(owner: Owner, login: string): Promise<void> {
  await owner('drop schema if exists rowgate cascade; drop table if exists tasks')
  await owner(`do $$ begin
    if exists (select from pg_roles where rolname = '${login}') then
      drop owned by ${identifier(login)}; drop role ${identifier(login)};
    end if; end $$`)
}
