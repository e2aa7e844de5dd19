/**
 * The SQL tools on the real runtime: the parser's WebAssembly loads there, and outlives a query that it
 * cannot hold.
 */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { workerd } from '../../support/product/workerd.ts'

const worker = workerd()
let rowgate: Rowgate

beforeAll(async () => {
  rowgate = await startRowgate({ worker })
})
afterAll(async () => {
  await worker.close()
  await rowgate.close()
})

const query = (sql: string) => rowgate.call('ada', 'query', { sql })

test('a query is judged and runs', async () => {
  expect(await query('select count(*) from tasks')).toMatchObject({
    status: 'success',
    data: { rows: [[0]] },
  })
  expect(await query("select ('x'::text).pg_read_file")).toMatchObject({ error: { code: 'QUERY_REJECTED' } })
})

test('a document keeps its digits, and may be nested deeply', async () => {
  const sql = "select '9007199254740993'::jsonb, (repeat('[', 2500) || repeat(']', 2500))::json"
  const { data } = await query(sql)
  expect(data.rows[0][0]).toBe('9007199254740993')
  expect(JSON.stringify(data.rows[0][1])).toHaveLength(5_000)
  const { error } = await query("select (repeat('[', 2501) || repeat(']', 2501))::json")
  expect(error?.code).toBe('RESULT_TOO_LARGE')
})

test.each([
  ['parentheses', `select ${'('.repeat(5_000)}1${')'.repeat(5_000)}`],
  ['sums', `select 1${'+1'.repeat(9_000)}`],
  ['unions', `select 1${' union select 1'.repeat(1_200)}`],
  ['CASE', `select ${'case when true then '.repeat(700)}1${' end'.repeat(700)}`],
  ['columns', `select ${'a.b,'.repeat(4_900)}1`],
])('thousands of %s are answered, and the next query too', async (_, sql) => {
  expect(await query(sql)).toHaveProperty('status')
  expect(await query('select 1 as one')).toMatchObject({ data: { rows: [[1]] } })
})
