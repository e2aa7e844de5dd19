/**
 * Memory of a session after its statements: nothing that the guard lets by makes it grow, and the embedded
 * session ends once it has.
 */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { analytics } from '../../../scripts/measure/bench/analytics.ts'
import { access, rows, tables } from '../../../scripts/measure/bench/sql-fixture.ts'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'
import { databases, type TestDatabase } from '../../support/servers/databases.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'
import { sessionMemory } from './time-zones.ts'

const MEGABYTE = 1024 * 1024
const KEPT = 'select sum(total_bytes) as bytes from pg_backend_memory_contexts'
/** Zones that nobody has heard of. */
const zones = (count: number) =>
  `select count(timestamp '2026-01-01' at time zone ('<A'||n||'>5')) from generate_series(1, ${count}) n`

async function isAccepted(sql: string, parameters: readonly unknown[] = []): Promise<boolean> {
  const parsed = await parse(sql)
  return parsed.ok && checkQuery(parsed.tree, access, parameters).ok
}

describe.skipIf(postgres15Missing())('a session of PostgreSQL 15', () => {
  let client: pg.Client
  const kept = async () => Number((await client.query<{ bytes: string }>(KEPT)).rows[0]?.bytes)
  /** Memory left by statements that run or fail, after DISCARD ALL. */
  async function growth(statements: readonly string[]): Promise<number> {
    const before = await kept()
    for (const sql of statements) await client.query(sql).catch(() => undefined)
    await client.query('discard all')
    return (await kept()) - before
  }

  beforeAll(async () => {
    client = new pg.Client({ connectionString: await createDatabase() })
    await client.connect()
    await client.query(tables)
    await client.query(rows)
  })
  afterAll(() => client.end())

  test('grows by a hundred megabytes by what the guard refuses, so that the measure is one', async () => {
    expect(await growth([zones(5_000)])).toBeGreaterThan(50 * MEGABYTE)
  })

  test('does not grow by what analysts write, however often', async () => {
    const statements = analytics.filter(
      ({ needs, parameters }) => needs === undefined && parameters === undefined,
    )
    const sqls = statements.map(({ sql }) => sql)
    await growth(sqls)
    expect(await growth([...sqls, ...sqls, ...sqls])).toBeLessThan(2 * MEGABYTE)
  })

  test('grows little by every kind of row without a name that one query may hold', async () => {
    const query = (n: number) =>
      `select ${Array.from({ length: 30 }, (_, at) => `row(${Array.from({ length: 1 + ((n + at) % 30) }, (__, m) => ((m + n) % 2 ? '1' : "'a'::text"))})`).join(', ')}`
    const sqls = Array.from({ length: 50 }, (_, n) => query(n))
    for (const sql of sqls) expect(await isAccepted(sql), sql).toBe(true)
    expect(await growth(sqls)).toBeLessThan(50 * MEGABYTE * 0.5)
  })
})

test('what would make a session grow is refused', async () => {
  for (const { sql } of [{ sql: zones(5_000) }, ...sessionMemory])
    expect(await isAccepted(sql), sql).toBe(false)
})

describe('the session of the embedded Postgres', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await (databases[0]?.start() ?? Promise.reject(new Error('There is no embedded Postgres.')))
  })
  afterAll(() => db.close())

  test('ends where it has grown, and the next caller has a new one', async () => {
    const run = (user: string, text: string) =>
      db.as(user).runCallerSql({ text, parameters: [], searchPath: ['public'] })
    expect((await run('bob', zones(1_800))).rows).toEqual([['1800']])
    const { rows: left } = await db.endpoint.owner(KEPT)
    expect(Number(left[0]?.[0])).toBeLessThan(16 * MEGABYTE)
    expect((await run('alice', 'select 1')).rows).toEqual([['1']])
  })
})
