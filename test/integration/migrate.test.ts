/** `npm run db:migrate` against a real server. */

import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { startPostgresEndpoint } from '../../scripts/postgres/endpoint.ts'
import { applyMigrations } from '../../scripts/postgres/migrations.ts'
import { createDatabase, postgres15Missing } from '../support/postgres15.ts'
import { runScript } from '../support/script.ts'

describe.skipIf(postgres15Missing())('npm run db:migrate', () => {
  test('migrates an empty database, hands out the secrets once, and can be run again', async () => {
    const DATABASE_OWNER_URL = await createDatabase()
    const first = await runScript('migrate.ts', [], { DATABASE_OWNER_URL }).finished
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(/^Applied \d+ migrations\.$/m)
    expect(first.stdout).toMatch(/^ {4}IDENTITY_KEY=k1:[A-Za-z0-9+/]{43}=$/m)

    const second = await runScript('migrate.ts', [], { DATABASE_OWNER_URL }).finished
    expect(second.stdout).toMatch(/^The database is up to date\.$/m)
    expect(second.stdout).not.toContain('IDENTITY_KEY')

    const owner = new pg.Client({ connectionString: DATABASE_OWNER_URL })
    await owner.connect()
    const { rows } = await owner.query(
      'select id, octet_length(inner_pad) as bytes from rowgate.identity_keys',
    )
    await owner.end()
    expect(rows).toEqual([{ id: 'k1', bytes: 64 }])
  })

  test.each([undefined, '', 'nonsense', 'mysql://root@localhost/x', 'postgres://me:secret@127.0.0.1:1/x'])(
    'DATABASE_OWNER_URL=%s is refused with one sentence that holds no password',
    async (url) => {
      const refused = await runScript('migrate.ts', [], { DATABASE_OWNER_URL: url ?? '' }).finished
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
