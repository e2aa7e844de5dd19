/**
 * Nothing that the guard lets by keeps Postgres from ending a statement at its timeout. Every allowed function, operator and
 * cast, with the argument types that the server's own catalogue gives it, is called with the largest arguments that the
 * guard accepts. PGlite has no timers, so there the whole time counts.
 */

import { PGlite } from '@electric-sql/pglite'
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { unaccent } from '@electric-sql/pglite/contrib/unaccent'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'
import { ALLOWED_FUNCTIONS } from '../../../src/sql-guard/rules/allowed-functions.ts'
import { ALLOWED_OPERATORS } from '../../../src/sql-guard/rules/allowed-operators.ts'
import { ALLOWED_TYPES } from '../../../src/sql-guard/rules/allowed-types.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'
import { BYTES, type Sample, type Scale, sample, type Texture } from './samples.ts'

const TIMEOUT_MS = 1_000
/** Beside the timeout: a busy machine, and the one call at hand. What this is about takes minutes. */
const OVERSHOOT_MS = 4_000
/** One in so many of all calls, unless all are asked for. */
const PART = process.env.ROWGATE_TEST_FULL === '1' ? 1 : 41

interface Call {
  readonly name: string
  readonly types: readonly string[]
  /** With `?` for each argument. */
  readonly form: string
}

type Run = (sql: string, parameters: readonly string[]) => Promise<void>
type Ask = (sql: string, names: readonly string[]) => Promise<Record<string, unknown>[]>

const SCALES: readonly Scale[] = ['huge', 'large', 'medium', 'small']

/** Everything on the lists, in each form that the server has for it. */
async function everyCall(ask: Ask): Promise<readonly Call[]> {
  const typesOf = (row: Record<string, unknown>) =>
    String(row.types ?? '')
      .split(' ')
      .filter(Boolean)
  const functions = await ask(
    `select proname as name, prokind as kind, provariadic <> 0 as variadic,
       (select string_agg(t.typname, ' ' order by place) from unnest(proargtypes) with ordinality a (oid, place) join pg_type t on t.oid = a.oid) as types
     from pg_proc where proname = any ($1) and prokind in ('f', 'a') order by proname, oid`,
    [...ALLOWED_FUNCTIONS],
  )
  const operators = await ask(
    `select oprname as name, concat_ws(' ', l.typname, r.typname) as types
     from pg_operator o left join pg_type l on l.oid = oprleft join pg_type r on r.oid = oprright
     where oprname = any ($1) order by oprname, o.oid`,
    [...ALLOWED_OPERATORS],
  )
  const casts = await ask(
    `select t.typname as name, s.typname as types from pg_type t join pg_type s on s.typname = any ($1)
     where t.typname = any ($1) and (s.typname in ('text', 'varchar')
       or exists (select from pg_cast where castsource = s.oid and casttarget = t.oid)) order by 1, 2`,
    [...ALLOWED_TYPES],
  )
  const call = (row: Record<string, unknown>, form: (marks: string[]) => string): Call => {
    const types = typesOf(row)
    return { name: String(row.name), types, form: form(types.map(() => '?')) }
  }
  return [
    ...functions.map((row) =>
      call(
        row,
        (marks) =>
          `"${String(row.name)}"(${marks.map((mark, at) => (row.variadic === true && at === marks.length - 1 && marks.length > 0 && !typesOf(row).at(-1)?.startsWith('any') ? `variadic ${mark}` : mark)).join(', ')})`,
      ),
    ),
    ...operators.map((row) =>
      call(row, (marks) =>
        marks.length === 1 ? `operator(pg_catalog.${row.name}) ?` : `? operator(pg_catalog.${row.name}) ?`,
      ),
    ),
    ...casts.map((row) => call(row, () => `(?)::${row.name === 'char' ? '"char"' : String(row.name)}`)),
  ]
}

function scalesFor(width: number): Scale[][] {
  if (width === 0) return [[]]
  return SCALES.flatMap((scale) => scalesFor(width - 1).map((rest) => [scale, ...rest]))
}

function written({ types, form }: Call, scales: readonly Scale[], texture: Texture): Sample | undefined {
  const parameters: string[] = []
  const parts: string[] = []
  for (const [at, type] of types.entries()) {
    const made = sample(type, scales[at] ?? 'small', texture, parameters.length + 1)
    if (made === undefined) return undefined
    parameters.push(...made.parameters)
    parts.push(made.sql)
  }
  return { sql: `select count(${form.replaceAll('?', () => parts.shift() ?? '')})`, parameters }
}

/** The largest by sum and by product of what the guard lets by. */
async function worst(call: Call, texture: Texture): Promise<readonly Sample[]> {
  const all = scalesFor(Math.min(call.types.length, 3))
  const by = (weight: (scales: readonly Scale[]) => number) => all.toSorted((a, b) => weight(b) - weight(a))
  const sum = (scales: readonly Scale[]) => scales.reduce((total, scale) => total + BYTES[scale], 0)
  const product = (scales: readonly Scale[]) => scales.reduce((total, scale) => total * BYTES[scale], 1)
  const found = new Map<string, Sample>()
  for (const order of [by(sum), by(product)]) {
    for (const scales of order) {
      const sent = written(call, scales, texture)
      if (sent === undefined || !(await isAccepted(sent))) continue
      found.set(sent.sql + String(sent.parameters.map(({ length }) => length)), sent)
      break
    }
  }
  return [...found.values()]
}

async function isAccepted({ sql, parameters }: Sample): Promise<boolean> {
  const parsed = await parse(sql)
  return parsed.ok && checkQuery(parsed.tree, { schemas: [] }, parameters).ok
}

/** What took longer than it may, with the time. */
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

const chosen = (calls: readonly Call[]) => calls.filter((_, at) => at % PART === 0)
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
    // What fails has ended too.
    const run: Run = (sql, parameters) =>
      client.query(sql, [...parameters]).then(
        () => undefined,
        () => undefined,
      )
    expect(await overshoots(chosen(calls), run)).toEqual([])
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
  expect(await overshoots(chosen(calls), run)).toEqual([])
  await database.close()
})
