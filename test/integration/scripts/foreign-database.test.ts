/**
 * Rowgate in a database that belongs to an application: what is refused changes nothing, what is done can be
 * named.
 */

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { serverDirectory } from '../../../scripts/local/directory.ts'
import { runRowgate } from '../../support/product/script.ts'
import {
  apartFromPassword,
  type Postgres15,
  PROGRAMS,
  postgres15Missing,
  startPostgres15,
} from '../../support/servers/postgres15.ts'
import { absent } from '../../support/skip-without.ts'

const PASSWORD = 'only for tests'

/** An application: its owner, who may make roles, another role of it, and a table that another role owns. */
const APP = `
  create role app_owner login createrole password '${PASSWORD}';
  create role app_plain login password '${PASSWORD}';
  create role app_web login password '${PASSWORD}';
  create role other_team login;
  create database app owner app_owner;`

const TABLES = `
  create table public.orders (id int primary key, note text);
  create table public.everyone (id int primary key);
  alter table public.orders owner to app_owner;
  alter table public.everyone owner to other_team;
  grant select, insert on public.orders to app_web;
  grant select on public.everyone to public;`

const FIRST = 'create table "notes" ("id" serial primary key, "text" text);'
const SECOND = 'alter table "notes" add column "done" boolean;'

describe.skipIf(postgres15Missing())('in the database of an application', () => {
  let server: Postgres15
  let folder: string
  /** Settings of the Worker. */
  let databaseUrl: string
  const urlOf = (user: string, database = 'app') =>
    Object.assign(new URL(server.url), { username: user, password: PASSWORD, pathname: `/${database}` }).href
  const superuser = (database: string) =>
    Object.assign(new URL(server.url), { pathname: `/${database}` }).href

  beforeAll(async () => {
    server = await startPostgres15()
    folder = await mkdtemp(join(tmpdir(), 'rowgate-foreign-'))
    for (const statement of APP.split(';').filter((text) => text.trim() !== ''))
      await run(superuser('postgres'), statement)
    await run(superuser('app'), TABLES)
    await migrateApp(FIRST)
  })
  afterAll(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** The application's own migrations, by drizzle's own migrator. */
  async function migrateApp(...migrations: string[]): Promise<void> {
    const migrationsFolder = join(folder, 'drizzle')
    await mkdir(join(migrationsFolder, 'meta'), { recursive: true })
    const entries = migrations.map((_, idx) => ({
      idx,
      version: '7',
      when: idx + 1,
      tag: `000${idx}_app`,
      breakpoints: true,
    }))
    await writeFile(
      join(migrationsFolder, 'meta/_journal.json'),
      JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    )
    for (const [idx, sql] of migrations.entries())
      await writeFile(join(migrationsFolder, `000${idx}_app.sql`), sql)
    const client = new pg.Client({ connectionString: urlOf('app_owner') })
    await client.connect()
    try {
      await migrate(drizzle(client), { migrationsFolder })
    } finally {
      await client.end()
    }
  }

  const start = async (user: string, ...args: string[]) => {
    const { url, env } = apartFromPassword(urlOf(user))
    const options = ['--data', join(folder, 'data'), '--postgres', url, ...args]
    return await runRowgate(['start', ...options], { ...env, PORT: String(await freePort()) }).finished
  }
  const migrated = async (user: string, ...args: string[]) =>
    await runRowgate(['migrate', ...args], { DATABASE_OWNER_URL: urlOf(user) }).finished

  /** Runs what is to be refused, and holds the catalogue before it against the one after. */
  async function refused(work: () => ReturnType<typeof start>): Promise<string> {
    const before = await catalogue(superuser('app'))
    const { code, stderr } = await work()
    expect(code).toBe(1)
    expect(await catalogue(superuser('app'))).toBe(before)
    return stderr
  }

  test('a start that nobody agreed to is refused, and says what it would have made', async () => {
    const said = await refused(() => start('app_owner'))
    expect(said).toContain('--yes')
  })

  test('an owner without CREATEROLE is told so, and nothing is left', async () => {
    await run(superuser('app'), 'grant create on database app to app_plain')
    const said = await refused(() => migrated('app_plain'))
    expect(said).toMatch(/"app_plain" may not make the login "rowgate_app": it lacks CREATEROLE.*createrole/)
    await run(superuser('app'), 'revoke create on database app from app_plain')
    expect(await refused(() => migrated('app_plain'))).toMatch(
      /lacks CREATE on the database.*grant create on database "app" to "app_plain"/,
    )
  })

  test('a schema rowgate of somebody else’s is not touched', async () => {
    await run(superuser('app'), 'create schema rowgate authorization other_team')
    expect(await refused(() => migrated('app_owner'))).toMatch(
      /The schema rowgate of this database is taken: it is other_team's/,
    )
    await run(superuser('app'), 'drop schema rowgate')
  })

  test('a role of the login’s name is not taken over, and its password stays', async () => {
    await run(superuser('app'), `create role rowgate_app login password 'their own'`)
    expect(await refused(() => migrated('app_owner'))).toMatch(
      /A role "rowgate_app" is there already.*--login NAME/,
    )
    expect(await refused(() => start('app_owner', '--yes', '--login', 'rowgate_app'))).toMatch(
      /password is not known here, and it is not reset/,
    )
    expect(await refused(() => migrated('app_owner', '--login', 'app_owner'))).toMatch(
      /could step around row security/,
    )
    await run(superuser('app'), 'drop role rowgate_app')
  })

  test.skipIf(absent('retail'))(
    'an example whose name is taken undoes the login and the core too',
    async () => {
      await run(urlOf('app_owner'), 'create schema retail')
      expect(await refused(() => migrated('app_owner', '--examples'))).toMatch(
        /Nothing was changed.*schema "retail" already exists.*leave out the example/,
      )
      await run(urlOf('app_owner'), 'drop schema retail')
    },
  )

  test('a good migration adds the schema rowgate and one login, and nothing else', async () => {
    const before = await catalogue(superuser('app'))
    const roles = await rolesOf(superuser('app'))
    const done = await migrated('app_owner')
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(await catalogue(superuser('app'), 'rowgate', 'rowgate_app')).toBe(before)
    expect(await rolesOf(superuser('app'))).toEqual([...roles, 'rowgate_app'].sort())
    expect(done.stdout).toContain('revoke temporary on database "app" from public;')
    expect(done.stdout).toContain('revoke select on everyone from public;')
    databaseUrl = /^ {4}DATABASE_URL=(.*)$/m.exec(done.stdout)?.[1] ?? ''
    expect(await run(databaseUrl, 'select session_user as login')).toEqual([{ login: 'rowgate_app' }])
  })

  test('the application’s own migrator goes on as before', async () => {
    await migrateApp(FIRST, SECOND)
    expect(await run(urlOf('app_owner'), 'select done from notes')).toEqual([])
  })

  test('a start resets no password and puts no key of its own into a database that has one', async () => {
    const login = await serverDirectory(join(folder, 'data'), urlOf('app_owner'))
    expect(await refused(() => start('app_owner', '--yes'))).toMatch(
      /password is not known here, and it is not reset/,
    )
    await writeFile(join(login, 'login-password'), new URL(databaseUrl).password)
    expect(await refused(() => start('app_owner', '--yes'))).toMatch(/has an identity key already \("k1"\)/)
    expect(await run(databaseUrl, 'select 1 as still')).toEqual([{ still: 1 }])
  })
})

/**
 * Everything of a database and its cluster's roles, as Postgres' own programs write it, but one schema and
 * one role.
 */
async function catalogue(url: string, schema?: string, role?: string): Promise<string> {
  const without = schema === undefined ? [] : [`--exclude-schema=${schema}`]
  const dump = await program('pg_dump', '--schema-only', ...without, '--dbname', url)
  const roles = await program('pg_dumpall', '--roles-only', '--no-role-passwords', '--dbname', url)
  const settings = await run(
    url,
    'select datname, datacl::text, (select array_agg(setconfig::text) from pg_db_role_setting) from pg_database order by 1',
  )
  const kept = roles.split('\n').filter((line) => role === undefined || !line.includes(` ${role}`))
  // Newer programs open and close a dump with a random word.
  return `${dump}${kept.join('\n')}${JSON.stringify(settings)}`.replaceAll(/^\\(un)?restrict .*$/gm, '')
}

async function program(name: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(join(PROGRAMS, name), args, { maxBuffer: 1 << 26 })).stdout
}

async function rolesOf(url: string): Promise<string[]> {
  return (await run(url, 'select rolname from pg_roles order by 1')).map((row) => String(row.rolname)).sort()
}

async function run(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
