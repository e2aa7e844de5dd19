/**
 * Nothing that the guard lets by outlives its timeout on the embedded Postgres as `npm start` runs it, which
 * has no timer of its own: the thread is ended from outside. The calls are those of `overshoot.test.ts`.
 */

import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyEmptyCluster } from '../../../scripts/local/postgres/pglite.ts'
import { PgliteThread } from '../../../scripts/local/postgres/pglite-thread.ts'
import { decodeAnswer, encodePipeline, encodeScript } from '../../../scripts/local/postgres/wire.ts'
import { partOf } from '../../support/full.ts'
import { type Ask, type Call, everyCall } from './largest-calls.ts'
import { EXTENSIONS, HOUR_MS, overshoots, PART, type Run } from './overshoots.ts'

/** As long as a thread takes to start again. */
const TIMEOUT_MS = 1_000
/** `pg_type.oid` of `bool`. */
const BOOLEAN_OID = 16

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
    Object.fromEntries(fields.map(({ name, dataTypeID }, at) => [name, value(row[at] ?? null, dataTypeID)])),
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

test('every allowed call ends at the timeout on the embedded Postgres', { timeout: HOUR_MS }, async () => {
  expect(calls.length).toBeGreaterThan(1_000)
  const run: Run = (query, params) => send(encodePipeline([{ query, params: [...params] }]))
  expect(await overshoots(partOf(calls, { every: PART }), { run, timeoutMs: TIMEOUT_MS })).toEqual([])
})
