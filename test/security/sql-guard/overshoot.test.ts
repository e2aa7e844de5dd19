/**
 * Nothing that the guard lets by keeps Postgres from ending a statement at its timeout. Every allowed
 * function, operator and cast, with the argument types that the server's own catalogue gives it, is called
 * with the largest arguments that the guard accepts. PGlite has no timers, so there the whole time counts.
 */

import { PGlite } from '@electric-sql/pglite'
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { unaccent } from '@electric-sql/pglite/contrib/unaccent'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'
import { type Ask, type Call, everyCall, worst } from './largest-calls.ts'

const TIMEOUT_MS = 100
/** Beside the timeout: a busy machine, and the one call at hand. What this is about takes minutes. */
const OVERSHOOT_MS = 9_000
/** In `npm run test:full`. The embedded Postgres would take an hour for all. */
const FULL = { server: 1, embedded: 7 }
/** One in so many of all calls. */
const PART = process.env.ROWGATE_TEST_FULL === '1' ? FULL : { server: 127, embedded: 127 }

type Run = (sql: string, parameters: readonly string[]) => Promise<void>

/** Statements that took longer than allowed, with the time. */
async function overshoots(calls: readonly Call[], run: Run): Promise<readonly string[]> {
  const late: string[] = []
  for (const call of calls) {
    for (const texture of ['run', 'words'] as const) {
      for (const { sql, parameters } of await worst(call, texture)) {
        const start = performance.now()
        await run(sql, parameters)
        const ms = Math.round(performance.now() - start)
        if (process.env.ROWGATE_SHOW_SLOW !== undefined && ms > Number(process.env.ROWGATE_SHOW_SLOW))
          console.log(
            ms,
            call.types.join(),
            sql.slice(0, 400),
            parameters.map(({ length }) => length),
          )
        if (ms > TIMEOUT_MS + OVERSHOOT_MS)
          late.push(`${ms} ms: ${sql.slice(0, 300)} with ${parameters.map(({ length }) => length)}`)
      }
    }
  }
  return late
}

const chosen = (calls: readonly Call[], part: number) => calls.filter((_, at) => at % part === 0)
const HOURS_MS = 3 * 3_600_000

describe.skipIf(postgres15Missing())('on PostgreSQL 15', () => {
  let client: pg.Client
  const ask: Ask = async (sql, names) => (await client.query<Record<string, unknown>>(sql, [names])).rows

  beforeAll(async () => {
    client = new pg.Client({ connectionString: await createDatabase() })
    await client.connect()
    for (const name of ['pg_trgm', 'fuzzystrmatch', 'unaccent'])
      await client.query(`create extension ${name}`)
    await client.query(`set statement_timeout = ${TIMEOUT_MS}`)
  })
  afterAll(() => client.end())

  test('every allowed call ends at the timeout', { timeout: HOURS_MS }, async () => {
    const calls = await everyCall(ask)
    expect(calls.length).toBeGreaterThan(1_000)
    // A failed statement has ended too.
    const run: Run = (sql, parameters) =>
      client.query(sql, [...parameters]).then(
        () => undefined,
        () => undefined,
      )
    expect(await overshoots(chosen(calls, PART.server), run)).toEqual([])
  })
})

test('on the embedded Postgres every allowed call ends soon', { timeout: HOURS_MS }, async () => {
  const database = await PGlite.create({ extensions: { pg_trgm, fuzzystrmatch, unaccent } })
  for (const name of ['pg_trgm', 'fuzzystrmatch', 'unaccent']) await database.exec(`create extension ${name}`)
  const ask: Ask = async (sql, names) => (await database.query<Record<string, unknown>>(sql, [names])).rows
  const calls = await everyCall(ask)
  expect(calls.length).toBeGreaterThan(1_000)
  const run: Run = (sql, parameters) =>
    database.query(sql, [...parameters]).then(
      () => undefined,
      () => undefined,
    )
  expect(await overshoots(chosen(calls, PART.embedded), run)).toEqual([])
  await database.close()
})
