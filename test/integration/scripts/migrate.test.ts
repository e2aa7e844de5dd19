/** `npm run db:migrate` against a real server. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgresEndpoint } from '../../../scripts/local/postgres/endpoint.ts'
import { applyMigrations } from '../../../scripts/local/postgres/migrations.ts'
import { runRowgate } from '../../support/product/script.ts'
import { type Postgres15, postgres15Missing, startPostgres15 } from '../../support/servers/postgres15.ts'

describe.skipIf(postgres15Missing())('npm run db:migrate', () => {
  let server: Postgres15
  beforeAll(async () => {
    server = await startPostgres15()
  })
  afterAll(() => server.stop())

  test('migrates an empty database, hands out the secrets once, and can be run again', async () => {
    const DATABASE_OWNER_URL = server.url
    const first = await runRowgate(['migrate'], { DATABASE_OWNER_URL }).finished
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/^Applied \d+ migrations\.$/m)
    expect(first.stdout).toMatch(/^ {4}IDENTITY_KEY=k1:[A-Za-z0-9+/]{43}=$/m)

    const login = /^ {4}(alter role .*;)$/m.exec(first.stdout)?.[1] ?? ''
    const databaseUrl = /^ {4}DATABASE_URL=(.*)$/m.exec(first.stdout)?.[1] ?? ''
    await query(DATABASE_OWNER_URL, login)
    expect(await query(databaseUrl, 'select session_user as login, count(*) from tasks')).toEqual([
      { login: 'rowgate_app', count: '0' },
    ])

    const second = await runRowgate(['migrate'], { DATABASE_OWNER_URL }).finished
    expect(second.stdout).toMatch(/^The database is up to date\.$/m)
    expect(second.stdout).not.toContain('IDENTITY_KEY')

    expect(second.stdout).not.toContain('DATABASE_URL')
    const rows = await query(
      DATABASE_OWNER_URL,
      'select id, octet_length(inner_pad) as bytes from rowgate.identity_keys',
    )
    expect(rows).toEqual([{ id: 'k1', bytes: 64 }])
  })

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

test('a migration that fails leaves nothing of itself, and the embedded Postgres goes on', async () => {
  const endpoint = await startPostgresEndpoint()
  await endpoint.owner('create schema rowgate; create table rowgate.mine (a int)')
  await expect(applyMigrations(endpoint.owner)).rejects.toThrow('schema "rowgate" already exists')
  await endpoint.owner('drop schema rowgate cascade')
  expect(await applyMigrations(endpoint.owner)).toBeGreaterThan(0)
  expect(await applyMigrations(endpoint.owner)).toBe(0)
  await endpoint.close()
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
