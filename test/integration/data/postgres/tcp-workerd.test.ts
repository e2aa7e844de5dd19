/** Postgres by TCP from workerd: straight, through a pooler, and by wrangler's local Hyperdrive binding. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Worker } from '../../../../src/deployment.ts'
import { partOf } from '../../../support/full.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { shared } from '../../../support/product/shared.ts'
import { workerd, wrangler } from '../../../support/product/workerd.ts'
import { overTcp, type TestDatabase } from '../../../support/servers/databases.ts'
import { SOON_MS } from '../../../support/timeouts.ts'

type Started = Worker & { close(): Promise<void> }

/** Starts the Worker on a database that has been started. */
const places = overTcp.flatMap(({ engine, start }) => [
  { place: `workerd, ${engine}`, start, worker: async (): Promise<Started> => workerd() },
  { place: `wrangler's Hyperdrive, ${engine}`, start, worker: throughHyperdrive },
])

// In `npm test` straight in workerd alone, and pooled by wrangler.
describe.each(partOf(places, { every: 3 }))('$place', ({ start, worker }) => {
  let database: TestDatabase
  let running: Started
  let rowgate: Rowgate
  let superuser: pg.Client

  beforeAll(async () => {
    await shared('worker')
    database = await start()
    running = await worker(database)
    rowgate = await startRowgate({
      worker: running,
      database: async () => database,
      env: { AUDIT_READS: 'true' },
    })
    superuser = new pg.Client({ connectionString: inject('postgres15') })
    await superuser.connect()
  })
  afterAll(async () => {
    await superuser?.end()
    await running?.close()
    await rowgate?.close()
  })

  test('each of many parallel calls is its caller’s, and its write is there once and audited', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `caller ${n % 5}`)
    const made = await Promise.all(
      names.map((name) => rowgate.call(name, 'add_task', { title: `of ${name}` })),
    )
    expect(made.map(({ status }) => status)).toEqual(names.map(() => 'success'))
    const { data } = await rowgate.call('caller 1', 'list_tasks')
    const titles = data.rows.map((row: string[]) => row[data.columns.indexOf('title')])
    expect(titles).toEqual(names.filter((name) => name === 'caller 1').map((name) => `of ${name}`))
    const { rows } = await database.endpoint.owner(
      "select count(*) from rowgate.audit_log where tool = 'add_task'",
    )
    expect(rows).toEqual([[String(names.length)]])
  })

  test('a caller’s own SQL is judged in the same flight, and its errors say where they are', async () => {
    const { data } = await rowgate.call('caller 2', 'query', {
      sql: 'select title from tasks order by 1 limit 1',
    })
    expect(data.rows).toEqual([['of caller 2']])
    const { error } = await rowgate.call('caller 2', 'query', { sql: 'select titel from tasks' })
    expect(error).toMatchObject({ code: 'QUERY_REJECTED', details: { subject: 'titel' } })
  })

  test('leaves no connection behind that does something', async () => {
    const open = `select from pg_stat_activity
      where datname = $1 and application_name = 'rowgate' and state <> 'idle'`
    const name = new URL(database.settings.databaseUrl).pathname.slice(1)
    await expect
      .poll(async () => (await superuser.query(open, [name])).rowCount, { timeout: SOON_MS })
      .toBe(0)
  })
})

/** `wrangler dev` with a local Hyperdrive binding to the database, and no DATABASE_URL. */
async function throughHyperdrive(database: TestDatabase): Promise<Started> {
  const built = await shared('worker')
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-hyperdrive-'))
  const configPath = join(folder, 'wrangler.json')
  const localConnectionString = database.settings.databaseUrl
  await writeFile(
    configPath,
    JSON.stringify({
      ...JSON.parse(await readFile(join(built, 'wrangler.json'), 'utf8')),
      main: join(built, 'index.js'),
      hyperdrive: [{ binding: 'HYPERDRIVE_POSTGRES', id: 'local', localConnectionString }],
    }),
  )
  const inner = wrangler({ configPath })
  return {
    fetch: (request, { DATABASE_URL: _, ...env }, context) => inner.fetch(request, env, context),
    async close() {
      await inner.close()
      await rm(folder, { recursive: true })
    },
  }
}
