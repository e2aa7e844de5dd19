/** `npm run db:migrate` against a real server. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresEndpoint } from '../../../scripts/local/postgres/endpoint.ts'
import { loginName } from '../../../scripts/local/postgres/login.ts'
import { applyMigrations } from '../../../scripts/local/postgres/migrations.ts'
import { runRowgate } from '../../support/product/script.ts'
import { type Postgres15, postgres15Missing, startPostgres15 } from '../../support/servers/postgres15.ts'
import { absent } from '../../support/skip-without.ts'

describe.skipIf(postgres15Missing())('npm run db:migrate', () => {
  let server: Postgres15
  beforeAll(async () => {
    server = await startPostgres15()
  })
  afterAll(() => server.stop())

  test.skipIf(absent('tasks'))(
    'migrates an empty database, hands out the secrets once, and can be run again',
    async () => {
      const DATABASE_OWNER_URL = server.url
      const first = await runRowgate(['migrate', '--examples'], { DATABASE_OWNER_URL }).finished
      expect(first).toMatchObject({ code: 0, stderr: '' })
      expect(first.stdout).toMatch(/^Applied \d+ files of drizzle\/\.$/m)
      expect(first.stdout).toMatch(/^ {4}IDENTITY_KEY=k1:[A-Za-z0-9+/]{43}=$/m)

      const databaseUrl = /^ {4}DATABASE_URL=(.*)$/m.exec(first.stdout)?.[1] ?? ''
      expect(await query(databaseUrl, 'select session_user as login, count(*) from tasks')).toEqual([
        { login: 'rowgate_postgres', count: '0' },
      ])

      const second = await runRowgate(['migrate', '--examples'], { DATABASE_OWNER_URL }).finished
      expect(second.stdout).toMatch(/^The database is up to date\.$/m)
      expect(second.stdout).not.toContain('IDENTITY_KEY')

      expect(second.stdout).not.toContain('DATABASE_URL')
      const rows = await query(
        DATABASE_OWNER_URL,
        'select id, octet_length(inner_pad) as bytes from rowgate.identity_keys',
      )
      expect(rows).toEqual([{ id: 'k1', bytes: 64 }])
    },
  )

  test.each([undefined, '', 'nonsense', 'mysql://root@localhost/x', 'postgres://me:secret@127.0.0.1:1/x'])(
    'DATABASE_OWNER_URL=%s is refused with one sentence that holds no password',
    async (url) => {
      const refused = await runRowgate(['migrate'], { DATABASE_OWNER_URL: url ?? '' }).finished
      expect(refused).toMatchObject({ code: 1, stdout: '' })
      expect(refused.stderr).toMatch(/^[^\n]*DATABASE_OWNER_URL[^\n]+\n$/)
      expect(refused.stderr).not.toContain('secret')
    },
  )
})

test.skipIf(absent('tasks'))(
  'a migration that fails leaves nothing of itself, and the embedded Postgres goes on',
  async () => {
    const endpoint = await startPostgresEndpoint()
    const examples = ['tasks']
    await endpoint.owner('create table public.tasks (mine int)')
    await expect(applyMigrations(endpoint.owner, { examples })).rejects.toThrow('"tasks" already exists')
    const { rows } = await endpoint.owner(
      `select to_regnamespace('rowgate'), (select count(*) from pg_roles where rolname like 'rowgate%')`,
    )
    expect(rows).toEqual([[null, '0']])
    await endpoint.owner('drop table public.tasks')
    expect(await applyMigrations(endpoint.owner, { examples })).toBeGreaterThan(0)
    expect(await applyMigrations(endpoint.owner, { examples })).toBe(0)
    await endpoint.close()
  },
)

test('a database of a Rowgate from before its first release is known, and what to remove is said', async () => {
  const endpoint = await startPostgresEndpoint()
  await endpoint.owner('create schema rowgate; create table rowgate.identity_keys (id text)')
  await expect(applyMigrations(endpoint.owner)).rejects.toThrow(
    /before its first release.*drop schema rowgate cascade/,
  )
  await endpoint.close()
})

test.each([
  ['app', 'rowgate_app'],
  ['my-app', /^rowgate_my_app_[0-9a-f]{8}$/],
  ['my_app', 'rowgate_my_app'],
  ['b'.repeat(63), /^rowgate_b{46}_[0-9a-f]{8}$/],
  ['bücher', /^rowgate_b_cher_[0-9a-f]{8}$/],
])('the login of the database %s fits Postgres, and is of no other database', (database, name) => {
  expect(loginName(database)).toEqual(typeof name === 'string' ? name : expect.stringMatching(name))
  expect(Buffer.byteLength(loginName(database))).toBeLessThanOrEqual(63)
})

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
