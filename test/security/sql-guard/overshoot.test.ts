/**
 * Nothing that the guard lets by outlives its timeout. Every allowed function, operator and cast, with the
 * argument types that the server's own catalogue gives it, is called with the largest arguments that the
 * guard accepts: on PostgreSQL 15, whose timer only ends what looks for it, and on the embedded Postgres as
 * `npm start` runs it, which has no timer of its own and is ended from outside.
 */

import { rm } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyEmptyCluster } from '../../../scripts/local/postgres/pglite.ts'
import { PgliteThread } from '../../../scripts/local/postgres/pglite-thread.ts'
import { decodeAnswer, encodePipeline, encodeScript } from '../../../scripts/local/postgres/wire.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'
import { type Ask, type Call, everyCall, worst } from './largest-calls.ts'

const TIMEOUT_MS = 1_000
/** Beside the timeout: a busy machine, and the one call at hand. An overshoot takes minutes. */
const OVERSHOOT_MS = 9_000
/** One in so many of all calls; `npm run test:full` makes all of them. */
const PART = process.env.ROWGATE_TEST_FULL === '1' ? 1 : 127
const EXTENSIONS = ['pg_trgm', 'fuzzystrmatch', 'unaccent'].map((name) => `create extension ${name}`)

type Run = (sql: string, parameters: readonly string[]) => Promise<unknown>

/** Statements that took longer than allowed, with the time. A failed statement has ended, too. */
async function overshoots(calls: readonly Call[], run: Run): Promise<readonly string[]> {
  const late: string[] = []
  for (const call of calls.filter((_, at) => at % PART === 0)) {
    for (const texture of ['run', 'words'] as const) {
      for (const { sql, parameters } of await worst(call, texture)) {
        const start = performance.now()
        await run(sql, parameters).catch(() => undefined)
        const ms = Math.round(performance.now() - start)
        if (ms > TIMEOUT_MS + OVERSHOOT_MS)
          late.push(`${ms} ms: ${sql.slice(0, 300)} with ${parameters.map(({ length }) => length)}`)
      }
    }
  }
  return late
}

const HOUR_MS = 3_600_000

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
    expect(await overshoots(calls, (sql, parameters) => client.query(sql, [...parameters]))).toEqual([])
  })
})

describe('on the embedded Postgres', () => {
  let directory: string
  let engine: PgliteThread
  let calls: readonly Call[]
  const send = async (message: Uint8Array) => {
    const { results, error } = decodeAnswer(await engine.send(message))
    if (error !== undefined) throw error
    return results.at(-1)
  }
  const ask: Ask = async (sql, names) => {
    const list = `{${names.map((name) => JSON.stringify(name)).join(',')}}`
    const answer = await send(encodePipeline([{ query: sql, params: [list] }]))
    const { fields = [], rows = [] } = answer ?? {}
    const value = (text: string | null, type: number | undefined) =>
      type === BOOLEAN_OID && text !== null ? text === 't' : text
    return rows.map((row) =>
      Object.fromEntries(
        fields.map(({ name, dataTypeID }, at) => [name, value(row[at] ?? null, dataTypeID)]),
      ),
    )
  }

  beforeAll(async () => {
    directory = await copyEmptyCluster()
    engine = new PgliteThread(directory, HOUR_MS)
    await engine.open()
    for (const extension of EXTENSIONS) await send(encodeScript(extension))
    calls = await everyCall(ask)
    await engine.close()
    engine = new PgliteThread(directory, TIMEOUT_MS)
    await engine.open()
  })
  afterAll(async () => {
    await engine.close()
    await rm(directory, { recursive: true, force: true })
  })

  test('every allowed call ends at the timeout', { timeout: HOUR_MS }, async () => {
    expect(calls.length).toBeGreaterThan(1_000)
    const run: Run = (query, params) => send(encodePipeline([{ query, params: [...params] }]))
    expect(await overshoots(calls, run)).toEqual([])
  })
})

/** `pg_type.oid` of `bool`. */
const BOOLEAN_OID = 16
