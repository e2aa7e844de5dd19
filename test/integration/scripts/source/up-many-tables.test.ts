/** The time of `up` on a large schema. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { down } from '../../../../scripts/operate/source/down.ts'
import { init } from '../../../../scripts/operate/source/init.ts'
import { up } from '../../../../scripts/operate/source/up.ts'
import { apartFromPassword, createDatabase, postgres15Missing } from '../../../support/servers/postgres15.ts'

const TABLES = 300
const MOST_MS = 10_000

const SCHEMA = `do $$ begin
  create table orgs (id uuid primary key);
  for n in 1..${TABLES - 1} loop
    execute format('create table t%s (id bigserial primary key, org_id uuid not null references orgs, title text not null,
      state text, amount numeric, at timestamptz not null default now(), parent bigint, note text, kind int, done boolean)', n);
    execute format('create index on t%s (org_id, id)', n);
  end loop;
end $$`

test.skipIf(postgres15Missing())(`up on ${TABLES} tables takes less than ${MOST_MS / 1000} s`, async () => {
  const database = await createDatabase()
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query(SCHEMA)
  const { url, env } = apartFromPassword(database)
  vi.stubEnv('PGPASSWORD', env.PGPASSWORD)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-many-'))
  const place = { file: join(folder, 'rowgate.yaml'), directory: join(folder, 'data') }
  try {
    await init({ ...place, url, yes: true, source: 'app' })
    const started = performance.now()
    await up({ ...place, yes: true })
    const took = performance.now() - started
    const lock = JSON.parse(await readFile(join(folder, 'rowgate.lock.json'), 'utf8'))
    expect(lock.sources.app.tables.length).toBe(TABLES)
    expect(took).toBeLessThan(MOST_MS)
    await down({ ...place, yes: true })
  } finally {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    await client.end()
    await rm(folder, { recursive: true, force: true })
  }
})
