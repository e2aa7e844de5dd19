/** JSON that a query nests deeper than our own code can go over, through a real client. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { anyDatabase } from '../../support/servers/databases.ts'

const nested = (depth: number, core = '') => `lpad('', ${depth}, '[') || '${core}' || lpad('', ${depth}, ']')`

describe.each(anyDatabase)('on $engine', ({ start }) => {
  let rowgate: Rowgate
  const query = (sql: string) => rowgate.call('ada', 'query', { sql })

  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
  })
  afterAll(() => rowgate.close())

  test.each([2_501, 3_000, 6_000, 10_000])(
    'a value nested %i deep is refused in words that repair it',
    async (depth) => {
      for (const sql of [
        `select (${nested(depth)})::json`,
        `select (${nested(depth, '1e400')})::json`,
        `select jsonb_build_object('a', (${nested(depth)})::json)`,
      ]) {
        const { error } = await query(sql)
        expect(error, sql).toMatchObject({
          code: 'RESULT_TOO_LARGE',
          message: expect.stringContaining('x::text'),
        })
      }
    },
  )

  test('what the refusal says to do works, and a value of 2,500 levels is read', async () => {
    const deep = `(${nested(6_000)})::json`
    expect((await query(`select length((${deep})::text)`)).data.rows).toEqual([[12_000]])
    expect((await query(`select left((${deep})::text, 3)`)).data.rows).toEqual([['[[[']])
    const { data } = await query(`select (${nested(2_500)})::json`)
    expect(JSON.stringify(data.rows)).toHaveLength(5_000 + '[[]]'.length)
  })

  test('a number with more digits than ours keeps them in a value of 500 levels, and is refused in a deeper one', async () => {
    const number = '12345678901234567890'
    const { data } = await query(`select (${nested(500, number)})::json`)
    expect(JSON.stringify(data.rows)).toContain(`[[["${number}"]]]`)
    expect((await query(`select (${nested(501, number)})::json`)).error?.code).toBe('RESULT_TOO_LARGE')
  })
})
