/** What `database_diagnostics` tells of slow statements, on a PostgreSQL 15 that counts them from its start. */

import { execFile, spawn } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../scripts/postgres/endpoint.ts'
import { applyMigrations, installIdentityKey } from '../../scripts/postgres/migrations.ts'
import type { Postgres } from '../../src/data/connections.ts'
import { createPostgres } from '../../src/data/postgres.ts'
import { runQuery } from '../../src/sandbox/query.ts'
import { wrap } from '../../src/sandbox/wrap.ts'
import { databaseDiagnostics } from '../../src/toolsets/system/service.ts'
import { caller, IDENTITY_KEY, letIn } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { postgres15Missing } from '../support/postgres15.ts'
import { SOON_MS } from '../support/soon.ts'

const PROGRAMS = process.env.POSTGRES15_BIN ?? '/usr/lib/postgresql/15/bin'
/** Debian's `nobody`: Postgres refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 }

const WHOLE = { start: 0, length: 0 }

/** The library can only be named as the server starts, which the run's own was without. */
async function startCounting() {
  const identity = process.getuid?.() === 0 ? NOBODY : undefined
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-statements-'))
  if (identity !== undefined) await chown(directory, identity.uid, identity.gid)
  const data = join(directory, 'data')
  const at = { ...identity, cwd: directory }
  const made = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--auth=trust', '--no-sync']
  await promisify(execFile)(join(PROGRAMS, 'initdb'), made, at)
  const port = await freePort()
  const place = ['-D', data, '-k', directory, '-h', '127.0.0.1', '-p', String(port)]
  const settings = ['-c', 'fsync=off', '-c', 'shared_preload_libraries=pg_stat_statements']
  const server = spawn(join(PROGRAMS, 'postgres'), [...place, ...settings], { ...at, stdio: 'ignore' })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  return {
    url: `postgres://postgres:none@127.0.0.1:${port}/postgres`,
    async stop() {
      server.kill('SIGINT')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

describe.skipIf(postgres15Missing())('the slow statements', () => {
  let server: Awaited<ReturnType<typeof startCounting>>
  let endpoint: PostgresEndpoint
  let as: (user: string, scopes: string[]) => Postgres
  beforeAll(async () => {
    server = await startCounting()
    endpoint = await vi.waitFor(() => startPostgresEndpoint({ postgresUrl: server.url }), SOON_MS)
    await applyMigrations(endpoint.owner)
    await installIdentityKey(endpoint.owner, IDENTITY_KEY)
    await endpoint.owner(letIn('rowgate_app'))
    await endpoint.owner('create extension pg_stat_statements')
    const open = createPostgres({
      databaseUrl: 'postgres://rowgate_app:none@db.invalid/postgres',
      fetchEndpoint: endpoint.url,
      identityKey: IDENTITY_KEY,
      development: false,
    })
    as = (user, scopes) =>
      open(
        { ...caller(user), scopes: new Set(scopes) },
        { signal: new AbortController().signal, deadline: Date.now() + 30_000 },
      )
  })
  afterAll(async () => {
    await endpoint?.close()
    await server?.stop()
  })

  test("are Rowgate's own: no word that a caller put into a query is told", async () => {
    const ada = as('ada', ['sql:read'])
    const sql = 'select /* hunter2 */ title from tasks'
    await runQuery(ada, { sql, parameters: [], limit: 10 }, { schemas: ['public'] })
    // As a server has it that was reset after the statement was prepared.
    const text = wrap('select /* hunter2 */ id as "hunter2" from tasks', WHOLE, { limit: 10 })
    await ada.read((db) => [db.execute(text)])
    const { rows } = await endpoint.owner(
      `select count(*) from pg_stat_statements where calls = 1 and query like '%hunter2%'`,
    )
    expect(rows).toEqual([['2']])
    const { slow_statements: slow } = await databaseDiagnostics(as('boss', ['system:read']))
    expect(JSON.stringify(slow)).not.toContain('hunter2')
    expect(slow?.map((statement) => statement.text)).toContain('select rowgate.enter($1, $2, $3)')
  })
})
