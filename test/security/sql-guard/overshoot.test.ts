/**
 * Nothing that the guard lets by outlives its timeout on PostgreSQL 15, whose timer only ends what looks for
 * it. Every allowed function, operator and cast, with the argument types that the server's own catalogue
 * gives it, is called with the largest arguments that the guard accepts.
 */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { partOf } from '../../support/full.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'
import { type Ask, everyCall } from './largest-calls.ts'
import { EXTENSIONS, HOUR_MS, overshoots, PART, type Run } from './overshoots.ts'

/** Short, since some calls do reach it. */
const TIMEOUT_MS = 250

describe.skipIf(postgres15Missing())('on PostgreSQL 15', () => {
  let client: pg.Client
  const ask: Ask = async (sql, names) => (await client.query<Record<string, unknown>>(sql, [names])).rows

  beforeAll(async () => {
    client = new pg.Client({ connectionString: await createDatabase() })
    await client.connect()
    for (const extension of EXTENSIONS) await client.query(extension)
  })
  afterAll(() => client.end())

  test('every allowed call ends at the timeout', { timeout: HOUR_MS }, async () => {
    const calls = await everyCall(ask)
    expect(calls.length).toBeGreaterThan(1_000)
    await client.query(`set statement_timeout = ${TIMEOUT_MS}`)
    const run: Run = (sql, parameters) => client.query(sql, [...parameters])
    expect(await overshoots(partOf(calls, { every: PART }), { run, timeoutMs: TIMEOUT_MS })).toEqual([])
  })
})
