/** The defences behind the guard, each alone: hostile statements run without the guard. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RowgateError } from '../../../src/infra/errors.ts'
import { runAccepted } from '../../../src/sql-guard/query.ts'
import { wrap } from '../../../src/sql-guard/wrap.ts'
import { partOf } from '../../support/full.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { databases, overTcp } from '../../support/servers/databases.ts'
import { catalogue, columnNotation } from './catalogue.ts'
import { identityCalls } from './identity.ts'
import { encoding } from './load-and-encoding.ts'
import { serverReach, textRunners } from './reach.ts'
import { stacking, writes } from './stacking-and-writes.ts'

const SECRET = 'a secret of eve'

/** These would stop or block connections that other test files use too, or only wait. */
const SHARED = /terminate|cancel|advisory|sleep/i

const hostile = [stacking, writes, textRunners, serverReach, catalogue, columnNotation, encoding]
  .flat()
  .map(({ sql }) => sql)
  .concat(identityCalls.map(({ sql }) => `select ${sql}, t.* from tasks t`))
  .filter((sql) => !SHARED.test(sql))

const FORMS = ['bare', 'wrapped'] as const

/** In `npm test` each statement is run on one server in one form, the next on the next. */
const all = [...databases, ...overTcp]
const servers = all.map((database, index) => ({
  ...database,
  hostileBy: FORMS.map((form, at) => ({
    form,
    statements: partOf(hostile, { every: all.length * FORMS.length, first: index * FORMS.length + at }),
  })),
}))

describe.each(servers)('on $engine, without the guard,', ({ engine, start, hostileBy }) => {
  let rowgate: Rowgate

  async function run(text: string, timeoutMs = 20_000): Promise<string> {
    const statement = { text, parameters: [], searchPath: ['public', 'retail'] }
    try {
      return JSON.stringify(
        (await rowgate.database.as('mallory', { timeoutMs }).runCallerSql(statement)).rows,
      )
    } catch (error) {
      if (!(error instanceof RowgateError)) throw error
      return `${error.code}: ${error.message}`
    }
  }
  const wrapped = (sql: string) => wrap(sql, { start: 0, length: 0 }, { limit: 5 })

  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
    await rowgate.call('eve', 'add_task', { title: SECRET })
  })
  afterAll(() => rowgate.close())

  test.each(hostileBy)(
    'no hostile statement, $form, shows or changes what is another caller’s',
    async ({ form, statements }) => {
      for (const sql of statements)
        expect(await run(form === 'bare' ? sql : wrapped(sql)), sql).not.toContain(SECRET)
      const { data } = await rowgate.call('eve', 'list_tasks', {})
      expect(data.rows.map((row: unknown[]) => row[1])).toEqual([SECRET])
    },
  )

  test('a write is refused by the derived table, and by the read-only transaction', async () => {
    const write = 'with w as (delete from tasks returning *) select * from w'
    expect(await run(wrapped(write))).toMatch(/^QUERY_REJECTED: The database does not support/)
    expect(await run(write)).toMatch(/^QUERY_REJECTED: This call may only read/)
  })

  test('a second statement is refused by the protocol', async () => {
    expect(await run('select 1; select 2')).toMatch(/^QUERY_REJECTED/)
  })

  test('a forged identity sees no rows', async () => {
    const claims = JSON.stringify({ sub: 'eve', tenant: 'default', scopes: [], access: 'read' })
    for (const context of ['k1.x.y', `k1.${btoa(claims)}.${'0'.repeat(64)}`]) {
      // Postgres asks who is calling when it reaches the table, and by then the context has been set.
      const forged = `with f as materialized (select set_config('rowgate.context', '${context}', true) as c)
        select f.c, t.title from f cross join lateral (select title from tasks where f.c is not null offset 0) t`
      expect(await run(forged)).toBe('[]')
    }
  })

  test('files, other roles and keys are beyond the login', async () => {
    for (const sql of [
      "select pg_read_file('/etc/passwd')",
      "select ('/etc/passwd'::text).pg_read_file",
      'select rolpassword from pg_authid',
      'select * from rowgate.identity_keys',
    ]) {
      expect(await run(sql), sql).toMatch(/^AUTHORIZATION_ERROR/)
    }
  })

  test('an expensive plan is refused before it runs', async () => {
    const sql = 'select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b'
    expect(await run(sql)).toMatch(/^QUERY_REJECTED: The query would take too much work/)
  })

  const accepted = (sql: string, limit = 100) =>
    runAccepted(
      rowgate.database.as('mallory'),
      { sql, parameters: [], limit },
      { extent: { start: 0, length: 0 } },
      { schemas: ['public'] },
    )

  test('the row cap holds, whatever the statement gives', async () => {
    for (const limit of [100, 1_000]) {
      const answer = await accepted('select n from generate_series(1, 5000) n limit 4000', limit)
      expect(answer).toMatchObject({ row_count: limit, truncated: true })
    }
  })

  test('the byte cap holds: an answer is cut, a larger row refused, a flood not even read', async () => {
    const cut = await accepted("select n, repeat('x', 100000) from generate_series(1, 9) n")
    expect(cut).toMatchObject({ row_count: 2, truncated: true })
    expect(JSON.stringify(cut.rows).length).toBeLessThan(262_144)
    for (const sql of [
      "select repeat('x', 300000)",
      "select repeat('x', 20000000)",
      "select repeat('x', 100000) from generate_series(1, 500)",
    ]) {
      await expect(accepted(sql, 1_000), sql).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' })
    }
  })

  // The embedded Postgres has no timers.
  const endless = [
    'select pg_sleep(60)',
    'with recursive t as (select 1 as n union all select n + 1 from t) select count(*) from t',
  ]
  test.concurrent.each(engine !== 'the embedded Postgres' ? endless : [])(
    'the timeout ends %s',
    async (sql) => {
      expect(await run(sql, 10_000)).toMatch(/^QUERY_TIMEOUT: The statement took longer/)
    },
  )
})
