/**
 * The pages of a query, on both Postgres servers: all of them together hold each row once, whatever ORDER BY
 * leaves open.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { partOf } from '../../support/full.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { databases } from '../../support/servers/databases.ts'

/** Values that compare as equal and print differently, types without an order, and many ties. */
const tables = (login: string) => `
  create schema pages;
  create table pages.ties (id int, k int, j json, p point, x xml, f float8, n numeric, c text);
  insert into pages.ties select n, n % 3, json_build_object('n', n), point(n, n), xmlelement(name n, n),
    case when n % 2 = 0 then '-0' else '0' end::float8, case when n % 2 = 0 then 1.0 else 1.00 end,
    case when n % 5 = 0 then null else 'c' end
  from generate_series(1, 60) n order by random();
  create table pages."select" ("order" int, "limit" int);
  insert into pages."select" select n, n % 2 from generate_series(1, 30) n;
  create view pages.seen as select id, k from pages.ties;
  create table pages.parted (id int, k int) partition by hash (id);
  create table pages.parted_0 partition of pages.parted for values with (modulus 2, remainder 0);
  create table pages.parted_1 partition of pages.parted for values with (modulus 2, remainder 1);
  insert into pages.parted select n, n % 4 from generate_series(1, 80) n;
  create table pages.partly (id int, k int, hidden int);
  insert into pages.partly select n, n % 4, n from generate_series(1, 40) n;
  create table pages.wide (id int, k int, filler text);
  insert into pages.wide select n, n % 7, repeat('x', 200) from generate_series(1, 10000) n;
  analyze pages.wide;
  grant usage on schema pages to ${login};
  grant select on pages.ties, pages."select", pages.seen, pages.parted, pages.wide to ${login};
  grant select (id, k) on pages.partly to ${login};`

/** Each of them leaves some order open. */
const QUERIES = [
  'select g, g % 3 as k from generate_series(1,20) g order by k',
  'select * from pages.ties order by k',
  'select id, k from pages.ties order by k desc nulls first;',
  'select id, c from pages.ties order by c nulls first -- and a comment',
  'select ties.*, k from pages.ties order by k',
  'select t.*, s.id from pages.ties t join pages.seen s using (id) order by t.k',
  'select id, j, p, x from pages.ties order by k',
  'select j from pages.ties order by k',
  'select p, x from pages.ties order by k',
  'select f from pages.ties order by f',
  'select f, id from pages.ties order by f, n',
  'select n, f, c from pages.ties order by 1',
  'select id as s from pages.ties order by k limit 35 offset 3',
  'select id from pages.ties order by k fetch first 30 rows with ties',
  '(select id from pages.ties order by k) limit 41',
  'select "order" from pages."select" as "select" order by "select"."limit" limit (select 20 order by 1)',
  'select distinct k, c from pages.ties order by k',
  'select distinct * from pages.parted order by k',
  'select distinct on (k, c) k, c, id from pages.ties order by k, c',
  'select k, c, count(*) from pages.ties group by k, c order by count(*)',
  'select k, c, count(*) from pages.ties group by rollup (k, c) order by 3',
  'select k, k from pages.parted order by k',
  'select id, k from pages.parted union all select id, k from pages.parted order by k',
  'select id from pages.parted union select k from pages.ties order by id desc',
  'select * from pages.seen union all select * from pages.parted order by 2',
  "values (1, 'b'), (1, 'a'), (1, 'c'), (1, null), (0, 'x'), (1, 'd') order by 1",
  'table pages.seen order by k',
  'select * from (select id, k from pages.ties) t order by k',
  'select distinct c || k::text as x, k from pages.ties order by c || k::text',
  'with t as (select * from pages.parted) select * from t order by k',
  'with t as (select id, k from pages.ties) select id from t union all select id from t order by 1',
  'select id, rank() over (order by k) as r from pages.parted order by r',
  'select id, row_number() over (partition by k order by c) as r from pages.ties order by r',
  'select id, k from pages.partly order by k',
  'select id, (select count(*) from pages.ties i where i.k = o.k) as n from pages.ties o order by n',
  'select unnest(array[k, id, id]) as u from pages.parted order by k',
  'select id from (select id, k from pages.ties order by k limit 30) t order by k',
  'select id, (select max(i.id) from pages.ties i order by 1) + k as o from pages.ties order by ((select 1 order by 1) + k)',
  `select s.id as "a'b" from pages.seen as s order by s.k, length($$ limit $$), length(E'\\' order by')`,
  'select id from pages.ties where k > $1::int or c is null order by c',
  'select id, k from pages.ties /* order by id limit 1 */ order by k /* é𝄞 limit */ limit 50',
  'select sum(f) as s, k, c, id % 10 as m from pages.ties group by 2, 3, 4 order by s, k',
]

/** In `npm test` each query runs on one server, the next on the next. */
const servers = databases.map((database, first) => ({
  ...database,
  queries: partOf(QUERIES, { every: databases.length, first }),
}))

describe.each(servers)('pages on $engine', ({ start, queries }) => {
  let rowgate: Rowgate
  beforeAll(async () => {
    rowgate = await startRowgate({
      database: start,
      env: { SQL_SCHEMAS: 'public, pages', SQL_MAX_PLAN_COST: '100000000' },
    })
    await rowgate.database.endpoint.owner(tables(rowgate.database.login))
  })
  afterAll(() => rowgate.close())

  const query = (args: Record<string, unknown>) => rowgate.call('ada', 'query', args)

  /** All rows of a query, page after page. */
  async function paged(sql: string, limit: number, parameters: unknown[] = []) {
    const rows: unknown[][] = []
    let cursor: string | undefined
    do {
      const { data, error } = await query({ sql, parameters, limit, ...(cursor !== undefined && { cursor }) })
      expect(error, sql).toBeUndefined()
      rows.push(...data.rows)
      cursor = data.next_cursor
      expect(data.truncated, sql).toBe(cursor !== undefined)
    } while (cursor !== undefined)
    return rows
  }
  const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()

  test.each(queries)('hold each row once: %s', async (sql) => {
    const parameters = sql.includes('$1') ? [0] : []
    const whole = await query({ sql, parameters, limit: 1000 })
    expect(whole.error).toBeUndefined()
    const counted = await query({ sql: `select count(*) from (\n${sql.replace(';', '')}\n) q`, parameters })
    expect(whole.data.row_count).toBe(counted.data.rows[0][0])
    for (const limit of [1, 7, 50]) {
      if (limit > 1 || whole.data.row_count < 45) {
        expect(sorted(await paged(sql, limit, parameters)), `${limit} a page`).toEqual(
          sorted(whole.data.rows),
        )
      }
    }
  })

  test('keep the order that was asked for', async () => {
    const rows = await paged('select k, id from pages.ties order by k desc, c nulls first', 9)
    expect(rows.map(([k]) => k)).toEqual(rows.map(([k]) => Number(k)).toSorted((a, b) => b - a))
  })

  test.each([
    'select id from pages.ties',
    'select id from (select id from pages.ties order by id) t',
    'select id, random() as r from pages.ties order by id',
    'select id from pages.ties order by random()',
    'select id, now() from pages.ties order by id',
    'select id, current_date from pages.ties union all select id, null from pages.ties order by id',
    'select id from pages.ties tablesample bernoulli (90) order by id',
  ])('are not promised where the order is open or the values change by themselves: %s', async (sql) => {
    const { data } = await query({ sql, limit: 5 })
    expect(data).toMatchObject({ row_count: 5, truncated: true })
    expect(data).not.toHaveProperty('next_cursor')
  })

  test('are refused in words where the rows before are no longer the same', async () => {
    await rowgate.database.endpoint.owner(
      `create table pages.moving as select n as id from generate_series(1, 20) n;
       grant select on pages.moving to ${rowgate.database.login}`,
    )
    const sql = 'select id from pages.moving order by id'
    const cursor = (await query({ sql, limit: 5 })).data.next_cursor
    await rowgate.database.endpoint.owner('insert into pages.moving values (100)')
    const behind = await query({ sql, limit: 5, cursor })
    expect(behind.data.rows.flat()).toEqual([6, 7, 8, 9, 10])
    await rowgate.database.endpoint.owner('insert into pages.moving values (0)')
    for (const stale of [cursor, behind.data.next_cursor]) {
      expect((await query({ sql, limit: 5, cursor: stale })).error).toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('Start again without `cursor`'),
      })
    }
    await rowgate.database.endpoint.owner('truncate pages.moving')
    expect((await query({ sql, limit: 5, cursor })).error?.code).toBe('CONFLICT')
  })

  test('an error is placed in the words of the caller, before and behind the ORDER BY', async () => {
    for (const [sql, subject] of [
      ['select nope from pages.ties order by k', 'nope'],
      ['select * from pages.ties order by nope limit 3', 'nope'],
      ['select id, k from pages.ties union select id, k from pages.ties order by nope limit 3', 'nope'],
      ['select j from pages.ties order by k limit nope', 'nope'],
    ] as const) {
      expect((await query({ sql })).error, sql).toMatchObject({ details: { subject } })
    }
  })

  test('an order by an index stays as cheap as it was', async () => {
    await rowgate.database.endpoint.owner('create index wide_k on pages.wide (k, id); analyze pages.wide')
    const { data } = await rowgate.call('ada', 'explain_query', {
      sql: 'select id, k from pages.wide order by k, id limit 10',
    })
    expect(JSON.stringify(data.plan)).toContain('Index')
    expect(data.total_cost).toBeLessThan(100)
  })

  test('hold each row once where workers share the work', async () => {
    const database = (await rowgate.database.endpoint.owner('select current_database()')).rows[0]?.[0]
    for (const cost of ['parallel_setup_cost', 'parallel_tuple_cost', 'min_parallel_table_scan_size']) {
      await rowgate.database.endpoint.owner(`alter database "${database}" set ${cost} = 0`)
    }
    const sql = 'select id, length(filler) as n from pages.wide where id <= 3000 order by k + 0'
    expect(new Set((await paged(sql, 700)).map(([id]) => id)).size).toBe(3000)
  })
})
