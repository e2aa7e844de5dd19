/**
 * Errors of `query` and `explain_query` for a model's faulty statements: what is wrong, where, and what to
 * write.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { databases } from '../../support/servers/databases.ts'
import { absent } from '../../support/skip-without.ts'

describe.skipIf(absent('sql')).each(databases)('on $engine', ({ start }) => {
  let rowgate: Rowgate
  const query = (sql: string, parameters: readonly unknown[] = []) =>
    rowgate.call('ada', 'query', { sql, parameters })

  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
    await rowgate.database.endpoint.owner("create type public.mood as enum ('happy', 'calm')")
  })
  afterAll(() => rowgate.close())

  test.each([
    ['select n, max(n) from generate_series(1, 3) n where max(n) > 1 group by n', 'HAVING'],
    ['select max(sum(n)) from generate_series(1, 3) n', 'subquery'],
    ['select n from generate_series(1, 3) n where row_number() over () = 1', 'outer query'],
    ['select 1 union select 1, 2', 'same number of columns'],
    ["select 1 union select 'x'::text", 'cast one'],
    ['select 1 from generate_series(1, 2) a, generate_series(1, 2) a', 'alias'],
    ['select chr(0)', 'U+0000'],
    ['select 1 as a, 2 as b order by 3', '`3`'],
    ["select 1 where gen_random_uuid() = 'abc'", "`'abc'`"],
    ["select 'abc'::int", "`'abc'`: This is not written as an integer"],
    ["select '2026-13-45'::date", "`'2026-13-45'`"],
    ['explain select 1', '`explain_query`'],
    ['show server_version', '`describe_tables`'],
    ['describe tasks', '`describe_tables`'],
    ['\\d tasks', '`describe_tables`'],
    ['select * from user', '`from "user"`'],
    ['select * from order', '`"order"`'],
    ['select * from generate_series(1, 2) a join group on true', '`"group"`'],
  ])('%s is refused with %s', async (sql, words) => {
    const { error } = await query(sql)
    expect(error?.code).toMatch(/^(QUERY_REJECTED|VALIDATION_ERROR)$/)
    expect(error?.message).toContain(words)
  })

  test.each([
    ['select titel from tasks', '`title`'],
    ['select t.Titel from tasks t', '`title`'],
    ['select nope from tasks', '`completed`'],
    ['select 1 from taks', '`tasks`'],
    ['select 1 from public.taks', '`tasks`'],
    ['select titel from tasks order by id', '`title`'],
  ])('%s is refused with the nearest name that the caller may read: %s', async (sql, near) => {
    for (const tool of ['query', 'explain_query']) {
      const { error } = await rowgate.call('ada', tool, { sql })
      expect(error).toMatchObject({ code: 'QUERY_REJECTED', message: expect.stringContaining(near) })
      expect(error?.message).toContain('The nearest that you may read')
    }
  })

  test('no name that the caller may not read is near', async () => {
    const { owner } = rowgate.database.endpoint
    await owner('create table public.tasks_hidden (title_hidden int)')
    await owner(`revoke all on public.tasks_hidden from ${rowgate.database.login}`)
    const answers = [
      await query('select 1 from tasks_hidde'),
      await query('select title_hidde from tasks_hidden'),
    ]
    expect(JSON.stringify(answers)).not.toMatch(/tasks_hidden`,|`tasks_hidden`\.|title_hidden`/)
    await owner('drop table public.tasks_hidden')
  })

  test('a value that a row brings is not told, however it is wrong', async () => {
    const { error } = await query("select x::int from (select md5('secret') as x) q")
    expect(JSON.stringify(error)).not.toContain('5ebe2294ecd0e0f08eab7690d2a6ee69')
  })

  test('arrays are parameters', async () => {
    const { data } = await query(
      'select n from generate_series(1, 9) n where n = any ($1::int[]) and n::text = any ($2::text[])',
      [
        [2, 3, 4],
        ['3', '4', 'a "b"'],
      ],
    )
    expect(data.rows).toEqual([[3], [4]])
  })

  test.each([
    ['explain select 1', false],
    ['EXPLAIN (costs off) select 1', false],
    ['explain verbose select 1', false],
    ['explain analyze select 1', true],
    ['explain (analyze, buffers) select 1', true],
    ['explain (analyze false) select 1', false],
  ])('explain_query takes %s', async (sql, runs) => {
    const { data } = await rowgate.call('ada', 'explain_query', { sql })
    expect(data.total_cost).toEqual(expect.any(Number))
    expect(data.execution_ms !== undefined).toBe(runs)
  })
})
