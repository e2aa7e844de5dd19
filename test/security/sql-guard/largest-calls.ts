/**
 * Every call that the guard's lists allow, as a server's own catalogue has it, with the largest arguments
 * that the guard accepts.
 */

import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'
import { ALLOWED_FUNCTIONS } from '../../../src/sql-guard/rules/allowed-functions.ts'
import { ALLOWED_OPERATORS } from '../../../src/sql-guard/rules/allowed-operators.ts'
import { ALLOWED_TYPES } from '../../../src/sql-guard/rules/allowed-types.ts'
import { BYTES, type Sample, type Scale, sample, type Texture } from './samples.ts'

export interface Call {
  readonly name: string
  readonly types: readonly string[]
  /** With `?` for each argument. */
  readonly form: string
}

export type Ask = (sql: string, names: readonly string[]) => Promise<Record<string, unknown>[]>

const SCALES: readonly Scale[] = ['huge', 'large', 'medium', 'small']

/** Everything on the lists, in each form that the server has for it. */
export async function everyCall(ask: Ask): Promise<readonly Call[]> {
  const typesOf = (row: Record<string, unknown>) =>
    String(row.types ?? '')
      .split(' ')
      .filter(Boolean)
  const functions = await ask(
    `select proname as name, prokind as kind, provariadic <> 0 as variadic,
       (select case when aggkind = 'n' then null else aggnumdirectargs end from pg_aggregate where aggfnoid = p.oid) as direct,
       (select string_agg(t.typname, ' ' order by place) from unnest(proargtypes) with ordinality a (oid, place) join pg_type t on t.oid = a.oid) as types
     from pg_proc p where proname = any ($1) and prokind in ('f', 'a') order by proname, oid`,
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
    ...functions.map((row) => call(row, (marks) => functionForm(row, spread(row, marks)))),
    ...operators.map((row) =>
      call(row, (marks) =>
        marks.length === 1 ? `operator(pg_catalog.${row.name}) ?` : `? operator(pg_catalog.${row.name}) ?`,
      ),
    ),
    ...casts.map((row) => call(row, () => `(?)::${row.name === 'char' ? '"char"' : String(row.name)}`)),
  ]
}

/** Of an ordered-set aggregate the arguments after the direct ones are what it orders by. */
function functionForm({ name, direct }: Record<string, unknown>, marks: readonly string[]): string {
  if (direct === null) return `"${name}"(${marks.join(', ')})`
  const [given, ordered] = [marks.slice(0, Number(direct)), marks.slice(Number(direct))]
  return `"${name}"(${given.join(', ')}) within group (order by ${ordered.join(', ') || '1'})`
}

/** The last argument of a variadic function is an array, but where it takes any type. */
function spread(row: Record<string, unknown>, marks: readonly string[]): readonly string[] {
  if (row.variadic !== true || String(row.types).endsWith('any')) return marks
  return marks.map((mark, at) => (at === marks.length - 1 ? `variadic ${mark}` : mark))
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
  return {
    sql: `select count(q.x) from (select ${form.replaceAll('?', () => parts.shift() ?? '')} as x offset 0) q`,
    parameters,
  }
}

/** The largest by sum and by product of what the guard lets by. */
export async function worst(call: Call, texture: Texture): Promise<readonly Sample[]> {
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
