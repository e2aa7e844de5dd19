/** The walk is total: something dangerous put at any place of any accepted query's tree is found. */

import { describe, expect, test } from 'vitest'
import { analytics } from '../../../scripts/measure/bench/analytics.ts'
import { access } from '../../../scripts/measure/bench/sql-fixture.ts'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const EXPRESSIONS = new Set(
  'A_Const ColumnRef ParamRef A_Expr BoolExpr FuncCall TypeCast CaseExpr CoalesceExpr MinMaxExpr SubLink RowExpr A_ArrayExpr NullTest'.split(
    ' ',
  ),
)
const SOURCES = new Set(['RangeVar', 'RangeSubselect', 'RangeFunction', 'JoinExpr'])

const call = (...name: string[]): Json => ({
  FuncCall: {
    funcname: name.map((sval) => ({ String: { sval } })),
    args: [],
    funcformat: 'COERCE_EXPLICIT_CALL',
  },
})
const table = (schemaname: string, relname: string): Json => ({
  RangeVar: { schemaname, relname, inh: true, relpersistence: 'p' },
})
const selectFrom = (source: Json): Json => ({
  SelectStmt: { targetList: [], fromClause: [source], limitOption: 'LIMIT_OPTION_DEFAULT', op: 'SETOP_NONE' },
})

const expressions: Readonly<Record<string, Json>> = {
  'set_config()': call('set_config'),
  'pg_catalog.pg_read_file()': call('pg_catalog', 'pg_read_file'),
  'a query of pg_authid': {
    SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: selectFrom(table('pg_catalog', 'pg_authid')) },
  },
  'an unknown node': { SomethingNew: { arg: { A_Const: { isnull: true } } } },
  'a parameter that a later grammar has': { ParamRef: { number: 1, expression: call('pg_sleep') } },
}
const sources: Readonly<Record<string, Json>> = {
  pg_authid: table('pg_catalog', 'pg_authid'),
  'pg_ls_dir()': { RangeFunction: { functions: [{ List: { items: [call('pg_ls_dir'), {}] } }] } },
}

/** All ways to put `replacement` in the place of one node of these kinds. */
function* splices(tree: Json, kinds: ReadonlySet<string>, replacement: Json): Generator<Json> {
  const places: { parent: Json[] | { [key: string]: Json }; key: string | number }[] = []
  const collect = (value: Json) => {
    if (value === null || typeof value !== 'object') return
    for (const [key, inner] of Object.entries(value)) {
      const kind = inner !== null && typeof inner === 'object' ? Object.keys(inner)[0] : undefined
      if (kind !== undefined && kinds.has(kind)) {
        places.push(Array.isArray(value) ? { parent: value, key: Number(key) } : { parent: value, key })
      }
      collect(inner)
    }
  }
  collect(tree)
  for (const { parent, key } of places) {
    // One of the two index kinds fits the parent; which one was decided above.
    const slot = parent as { [key: string | number]: Json }
    const before = slot[key] ?? null
    slot[key] = replacement
    yield tree
    slot[key] = before
  }
}

/** All messages of a tree, to be changed one at a time. */
function messages(value: Json): { [key: string]: Json }[] {
  if (value === null || typeof value !== 'object') return []
  const inner = Object.values(value).flatMap(messages)
  return Array.isArray(value) ? inner : [value, ...inner]
}

async function treeOf(sql: string): Promise<Json> {
  const parsed = await parse(sql)
  if (!parsed.ok) throw new Error(parsed.reason)
  // It came from JSON.parse.
  return parsed.tree as Json
}

describe.each(Object.entries(expressions))('%s', (_, replacement) => {
  test.each(analytics)('is found in every expression of: $sql', async ({ sql }) => {
    for (const tree of splices(await treeOf(sql), EXPRESSIONS, replacement)) {
      expect(checkQuery(tree, access), JSON.stringify(tree)).toMatchObject({ ok: false })
    }
  })
})

describe.each(Object.entries(sources))('%s', (_, replacement) => {
  test.each(analytics)('is found in every FROM of: $sql', async ({ sql }) => {
    for (const tree of splices(await treeOf(sql), SOURCES, replacement)) {
      expect(checkQuery(tree, access), JSON.stringify(tree)).toMatchObject({ ok: false })
    }
  })
})

test.each(analytics)(
  'a field that the guard does not know is found in every message of: $sql',
  async ({ sql }) => {
    const tree = await treeOf(sql)
    const [statement] = messages(tree).filter((message) => 'stmt' in message)
    for (const message of messages(statement ?? null)) {
      // An empty message is a null pointer or a `*`; with a field it is another node, of an unknown kind.
      message.new_in_postgres_19 = { SetToDefault: {} }
      expect(checkQuery(tree, access), JSON.stringify(message)).toMatchObject({ ok: false })
      delete message.new_in_postgres_19
    }
  },
)

test('every query of the corpus offers places to splice into', async () => {
  let places = 0
  for (const { sql } of analytics) places += [...splices(await treeOf(sql), EXPRESSIONS, null)].length
  expect(places).toBeGreaterThan(1_000)
})
