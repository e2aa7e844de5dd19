/** A plan that is cancelled leaves no prepared statement to whoever has the connection next. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { databases, type TestDatabase } from '../../support/servers/databases.ts'
import { postgres15Missing } from '../../support/servers/postgres15.ts'

/** Long enough to be waiting for the lock. */
const TIMEOUT_MS = 200

// The embedded Postgres has no timers, and a second connection must hold what the plan waits for.
describe.skipIf(postgres15Missing())('a plan that is cancelled', () => {
  let db: TestDatabase
  let login: pg.Client
  let owner: pg.Client

  /** The server itself, since the endpoint cleans a connection that it takes back. */
  async function connect(role: string): Promise<pg.Client> {
    const { username, password, pathname } = new URL(db.url(role))
    const server = new URL(String(inject('postgres15')))
    const client = new pg.Client(Object.assign(server, { username, password, pathname }).href)
    await client.connect()
    return client
  }

  beforeAll(async () => {
    const server = databases.find(({ engine }) => engine === 'PostgreSQL 15')
    if (server === undefined) throw new Error('There is no PostgreSQL 15.')
    db = await server.start()
    login = await connect(db.login)
    owner = await connect('rowgate_owner')
  })
  afterAll(async () => {
    await login.end()
    await owner.end()
    await db.close()
  })

  test('is told as cancelled, and its statement is gone', async () => {
    await owner.query('begin; lock table public.tasks in access exclusive mode')
    await login.query(`set statement_timeout = ${TIMEOUT_MS}`)
    await login.query('begin read only')
    const planned = login.query(`select rowgate.limit_plan('select * from public.tasks', '{}', 1000)`)
    await expect(planned).rejects.toMatchObject({ code: '57014' })
    await owner.query('rollback')
    await login.query('rollback')
    expect((await login.query('select name from pg_prepared_statements')).rows).toEqual([])
  })
})
