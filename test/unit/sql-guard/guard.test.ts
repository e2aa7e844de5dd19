/** Facts about an accepted query, the scope of names, and the wrapping. */

import { describe, expect, test } from 'vitest'
import { access } from '../../../scripts/measure/bench/sql-fixture.ts'
import { checkQuery, type Verdict } from '../../../src/sql-guard/guard.ts'
import { MAX_SQL_LENGTH, parse } from '../../../src/sql-guard/parser/parse.ts'
import { wrap } from '../../../src/sql-guard/wrap.ts'

async function check(sql: string, parameters?: readonly unknown[]): Promise<Verdict> {
  const parsed = await parse(sql)
  return parsed.ok ? checkQuery(parsed.tree, access, parameters) : { ...parsed, subject: '' }
}

async function wrapped(sql: string): Promise<string> {
  const verdict = await check(sql)
  if (!verdict.ok) throw new Error(verdict.reason)
  return wrap(sql, verdict.extent, { limit: 10 })
}

describe('an accepted query', () => {
  test('names the tables it reads, however they are written', async () => {
    const sql =
      'select * from Stores s join retail.orders using (store_id), "movie" where exists (table season)'
    expect(await check(sql)).toMatchObject({
      tables: ['netflix.movie', 'netflix.season', 'retail.orders', 'retail.stores'],
    })
  })

  test('tells its highest parameter and whether it recurses', async () => {
    expect(await check('select $2::int, $1::int')).toMatchObject({ parameters: 2, recursive: false })
    const recursive = 'with recursive t(n) as (select 1 union all select n + 1 from t where n < 9) table t'
    expect(await check(recursive)).toMatchObject({ parameters: 0, recursive: true, tables: [] })
  })
})

describe('a WITH name', () => {
  test.each([
    ['hides a table after it', 'with orders as (select 1) select * from orders', []],
    [
      'does not hide it in its own query',
      'with orders as (select * from orders) select * from orders',
      ['retail.orders'],
    ],
    [
      'does not hide it in an earlier member',
      'with a as (select * from orders), orders as (select 1) table a',
      ['retail.orders'],
    ],
    [
      'does not hide a qualified name',
      'with orders as (select 1) select * from retail.orders',
      ['retail.orders'],
    ],
    [
      'does not reach out of its subquery',
      'select * from (with orders as (select 1) table orders) q, orders',
      ['retail.orders'],
    ],
    ['reaches into subqueries', 'with orders as (select 1) select (select count(*) from orders)', []],
    ['reaches both arms of a union', 'with orders as (select 1) select * from orders union table orders', []],
    [
      'does not reach the other arm',
      '(with orders as (select 1) table orders) union select 1 from orders',
      ['retail.orders'],
    ],
  ])('%s', async (_, sql, tables) => {
    expect(await check(sql)).toMatchObject({ ok: true, tables })
  })
})

test.each([
  'select name from products where word_similarity($1, name) > 0.5 order by $1 <<-> name',
  "select name from products where 'garden chair' <<% name or name %> $1::text",
  'select word_similarity(left(p.name, 100), lower(q.description)) from products p, products q',
])('a fuzzy search is accepted: %s', async (sql) => {
  expect(await check(sql, ['garden chair'])).toMatchObject({ ok: true })
})

describe('a refusal says what to do', () => {
  test.each([
    ['select pg_sleep(1)', '`pg_sleep` is not an allowed function. A query may not wait.'],
    [
      'select version()',
      '`version` is not an allowed function. `database_diagnostics` shows the version of the server.',
    ],
    ['select * from pg_class', '`list_tables` and `describe_tables`'],
    [
      'select * from nothing',
      'There is no table `nothing` that you may read; use `list_tables` to see them. The nearest that you may read: ',
    ],
    ["select repeat('x', quantity) from order_items", '`least(…, 100)`'],
    ['with recursive t as (select 1 n union all select n + 1 from t) table t', 'where t.depth < 20'],
    ['select current_user', 'row security already limits what you see'],
    ['select * from orders for update', 'leave the clause out'],
    ['selct 1', 'syntax error at or near "selct"'],
  ])('%s', async (sql, words) => {
    expect(await check(sql)).toMatchObject({ ok: false, reason: expect.stringContaining(words) })
  })
})

describe('the wrapped statement', () => {
  test.each([
    ['select 1', 'select * from (\nselect 1\n) q limit 11'],
    ['select 1;', 'select * from (\nselect 1\n) q limit 11'],
    ['select 1 ; -- and no more', 'select * from (\nselect 1 \n) q limit 11'],
    ['/* first */ select 1 -- last', 'select * from (\nselect 1 -- last\n) q limit 11'],
    ["select 'é€𝄞;';", "select * from (\nselect 'é€𝄞;'\n) q limit 11"],
    [';;select 1;;', 'select * from (\nselect 1\n) q limit 11'],
  ])('of %s has no semicolon', async (sql, expected) => {
    expect(await wrapped(sql)).toBe(expected)
  })

  test('skips the rows before the offset', () => {
    expect(wrap('select 1', { start: 0, length: 0 }, { limit: 1, offset: 20 })).toBe(
      'select * from (\nselect 1\n) q limit 2 offset 20',
    )
  })
})

describe('the parser', () => {
  test('takes a text of the greatest length and none longer', async () => {
    const text = (length: number) => `select '${'x'.repeat(length - 9)}'`
    expect(await parse(text(MAX_SQL_LENGTH))).toMatchObject({ ok: true })
    expect(await parse(text(MAX_SQL_LENGTH + 1))).toMatchObject({ ok: false })
  })

  test('clips its reason between characters', async () => {
    for (const x of ['', 'x']) {
      const parsed = await parse(`select 1 from t where '${x}${'😀'.repeat(300)}' '`)
      const near = await parse(`select 1 from "${x}${'😀'.repeat(300)}" "b" "c"`)
      for (const { ok, reason } of [parsed, near] as { ok: boolean; reason?: string }[]) {
        expect(ok).toBe(false)
        expect(reason?.isWellFormed()).toBe(true)
      }
    }
  })

  test('goes on after a text that was too deep for it', async () => {
    expect(await parse(`select ${'(select '.repeat(2_400)}1${')'.repeat(400)}`)).toMatchObject({ ok: false })
    await parse(`select 1${'+1'.repeat(9_900)}`)
    expect(await parse('select 1')).toMatchObject({ ok: true })
  })
})

test('a tree that no parser made is refused, not thrown at', () => {
  for (const tree of [
    null,
    1,
    [],
    {},
    { stmts: [null] },
    { stmts: [{}] },
    { stmts: [{ stmt: { SelectStmt: 1 } }] },
  ]) {
    expect(checkQuery(tree, access)).toMatchObject({ ok: false })
  }
  const odd = { stmts: [{ stmt: { SelectStmt: { targetList: 'x' } } }] }
  expect(checkQuery(odd, access)).toMatchObject({ ok: false })
})
