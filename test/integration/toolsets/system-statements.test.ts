/** Slow statements in `database_diagnostics`, on a PostgreSQL 15 that counts them from its start. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../../scripts/local/postgres/endpoint.ts'
import { loginName } from '../../../scripts/local/postgres/login.ts'
import { applyMigrations } from '../../../scripts/local/postgres/migrations.ts'
import type { Postgres } from '../../../src/data/postgres/capability.ts'
import { createPostgres } from '../../../src/data/postgres/connector.ts'
import { runQuery } from '../../../src/sql-guard/query.ts'
import { wrap } from '../../../src/sql-guard/wrap.ts'
import { databaseDiagnostics } from '../../../src/toolsets/system/service.ts'
import { makeTasksTable } from '../../support/product/served/tables.ts'
import { caller, IDENTITY_KEY } from '../../support/servers/databases.ts'
import { type Postgres15, postgres15Missing, startPostgres15 } from '../../support/servers/postgres15.ts'

const WHOLE = { start: 0, length: 0 }

describe.skipIf(postgres15Missing())('the slow statements', () => {
  let server: Postgres15
  let endpoint: PostgresEndpoint
  let as: (user: string, scopes: string[]) => Postgres
  beforeAll(async () => {
    // The library can only be named as the server starts, which the run's own was without.
    server = await startPostgres15('shared_preload_libraries=pg_stat_statements')
    endpoint = await startPostgresEndpoint({ postgresUrl: server.url })
    await applyMigrations(endpoint.owner, { password: 'none', identityKey: IDENTITY_KEY })
    await makeTasksTable(endpoint.owner)
    await endpoint.owner('create extension pg_stat_statements')
    const open = createPostgres({
      databaseUrl: endpoint.handOut({ user: loginName('postgres'), password: 'none', database: 'postgres' }),
      fetchEndpoint: endpoint.url,
      identityKey: IDENTITY_KEY,
      development: false,
      maxPlanCost: 1_000_000,
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
    // The caller's query as it is explained and as it is run, and the one that was read.
    expect(rows).toEqual([['3']])
    const { slow_statements: slow } = await databaseDiagnostics(as('boss', ['system:read']))
    expect(JSON.stringify(slow)).not.toContain('hunter2')
    expect(slow?.map((statement) => statement.text)).toContain('select rowgate.enter($1, $2, $3)')
  })
})
