/** The SQL tools through a real client, on both Postgres servers. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/infra/config/settings.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { databases, IDENTITY_KEY } from '../../support/servers/databases.ts'
import { absent } from '../../support/skip-without.ts'

/** An operator's own schema with a table that the login may read in part, and one that is on no list. */
const crm = (login: string) => `
  create schema crm;
  create table crm.leads (id int primary key, owner text not null, name text not null, margin numeric);
  create table crm.hidden (id int);
  insert into crm.leads values (1, 'ada', 'Acme', 9), (2, 'eve', 'a secret of eve', 9);
  select rowgate.protect('crm.leads', 'select');
  revoke select on crm.leads from ${login};
  grant select (id, owner, name) on crm.leads to ${login};
  create policy leads_mine on crm.leads using (owner = (select rowgate.user_id()) and name <> 'x');
  comment on policy leads_mine on crm.leads is 'You see your own leads';
  create schema unlisted;
  create table unlisted.notes (id int);
  select rowgate.protect('unlisted.notes', 'select');`

/** A legacy that a database may have, in which a backslash in a string hides the quote behind it. */
const BACKSLASHES = `do $$ begin
  execute format('alter database %I set standard_conforming_strings = off', current_database());
end $$`

describe.each(databases)('sql on $engine', ({ start }) => {
  let rowgate: Rowgate
  const query = (sql: string, rest: object = {}, user = 'ada') =>
    rowgate.call(user, 'query', { sql, ...rest })

  beforeAll(async () => {
    rowgate = await startRowgate({
      database: start,
      env: { SQL_MAX_PLAN_COST: '50000', SQL_SCHEMAS: 'public, retail, netflix, directory, crm' },
    })
    await rowgate.database.endpoint.owner(crm(rowgate.database.login))
    await rowgate.database.endpoint.owner(BACKSLASHES)
    for (const title of ['alpha', 'beta', 'gamma']) await rowgate.call('ada', 'add_task', { title })
    await rowgate.call('eve', 'add_task', { title: 'a secret of eve' })
  })
  afterAll(() => rowgate.close())

  test('a query gives columns, types and rows, by bare and qualified names', async () => {
    const sql =
      'select title, length(title) as n, completed, 1.50 as price, null as nothing from tasks order by title'
    expect((await query(sql)).data).toMatchObject({
      columns: ['title', 'n', 'completed', 'price', 'nothing'],
      types: ['text', 'integer', 'boolean', 'numeric', 'text'],
      rows: [
        ['alpha', 5, false, '1.50', null],
        ['beta', 4, false, '1.50', null],
        ['gamma', 5, false, '1.50', null],
      ],
      row_count: 3,
      truncated: false,
    })
    expect((await query('select count(*) from public.tasks')).data.rows).toEqual([[3]])
  })

  test('values keep their type: documents, large integers, dates, two columns of one name', async () => {
    const sql = `select '{"a": [1, null]}'::jsonb as x, 9007199254740993 as x, 7::bigint, date '2024-02-29', '{1,2}'::int[], 0.1::float8`
    expect((await query(sql)).data.rows).toEqual([
      [{ a: [1, null] }, '9007199254740993', 7, '2024-02-29', '{1,2}', 0.1],
    ])
  })

  test('a number in a document keeps its digits, as text where it has too many', async () => {
    const sql = `select '{"id": 9007199254740993, "n": 9007199254740991, "x": -1.50, "f": 0.1234567890123456}'::jsonb,
      '[1e400, -1e400, 0, 12345678901234567890, 123456789.123456789]'::json`
    expect((await query(sql)).data.rows).toEqual([
      [
        { id: '9007199254740993', n: 9007199254740991, x: -1.5, f: 0.1234567890123456 },
        ['1e400', '-1e400', 0, '12345678901234567890', '123456789.123456789'],
      ],
    ])
  })

  test('every type that a query can make has its name', async () => {
    const sql = `select array[1.5], array[gen_random_uuid()], '{1}'::bigint[], now()::timetz, daterange('today', null),
      to_tsvector('a'), inet '10.0.0.1', array[current_date], row(1), '1 day'::interval, array['{}'::jsonb], 'x'::char(2)`
    expect((await query(sql)).data.types).toEqual([
      ...[
        'numeric[]',
        'uuid[]',
        'bigint[]',
        'time with time zone',
        'daterange',
        'tsvector',
        'inet',
        'date[]',
      ],
      ...['record', 'interval', 'jsonb[]', 'character'],
    ])
  })

  test.each(['$1 is null or title = $1', '$1 is null'])(
    'a parameter whose type is not clear is told with what to write: %s',
    async (condition) => {
      const { error } = await query(`select title from tasks where ${condition}`, { parameters: ['x'] })
      expect(error).toMatchObject({
        code: 'QUERY_REJECTED',
        message: expect.stringContaining('cast it, as in `$1::date`'),
      })
    },
  )

  test('strings are read as the guard reads them, whatever the database is set to', async () => {
    const sql = String.raw`select '\'||', current_setting($$rowgate.context$$) -- '`
    expect((await query(sql)).data.rows).toEqual([[String.raw`\, current_setting($$rowgate.context$$) -- `]])
  })

  test("a caller sees its own rows, also through aggregates, and nobody else's", async () => {
    expect((await query('select title from tasks', {}, 'eve')).data.rows).toEqual([['a secret of eve']])
    expect((await query("select count(*) from tasks where title like '%secret%'")).data.rows).toEqual([[0]])
  })

  test('parameters are values, whatever they hold, and their number is checked', async () => {
    const hostile = "x'; drop table tasks; --"
    const { data } = await query('select $1::text, $2::int + 1, $3::boolean, $4::text', {
      parameters: [hostile, 41, true, null],
    })
    expect(data.rows).toEqual([[hostile, 42, true, null]])
    expect((await query('select $1::text')).error).toMatchObject({ code: 'VALIDATION_ERROR' })
    expect((await query('select 1', { parameters: [1] })).error).toMatchObject({ code: 'VALIDATION_ERROR' })
    expect((await query('select $1::int', { parameters: [hostile] })).error?.message).not.toContain('drop')
  })

  test('rows beyond the limit are never dropped in silence, and the cursor goes on without gap or repeat', async () => {
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const { data } = await query('select n from generate_series(1, 25) n order by n;', {
        limit: 10,
        ...(cursor !== undefined && { cursor }),
      })
      seen.push(...data.rows.flat())
      expect(data.truncated).toBe(data.next_cursor !== undefined)
      cursor = data.next_cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => n + 1))
    expect((await query('select n from generate_series(1, 500) n')).data).toMatchObject({
      row_count: 100,
      truncated: true,
    })
    expect((await query('select 1', { limit: 1_001 })).error).toMatchObject({ code: 'VALIDATION_ERROR' })
  })

  test('an answer holds 256 KiB at most: it goes on by cursor, and one larger row is an error', async () => {
    const wide = "select n, repeat('é', 5000) from generate_series(1, 100) n order by n"
    const { data } = await query(wide)
    expect(data.row_count).toBe(26)
    expect(data).toMatchObject({ truncated: true, next_cursor: expect.stringMatching(/^26\./) })
    const huge = "select array_agg(repeat('x', 5000)) from generate_series(1, 100)"
    expect((await query(huge)).error).toMatchObject({ code: 'RESULT_TOO_LARGE' })
  })

  test('an answer of many megabytes is given up before it is read', async () => {
    const flood = "select repeat('x', 10000) || n from generate_series(1, 1000) n"
    expect((await query(flood, { limit: 1000 })).error).toMatchObject({
      code: 'RESULT_TOO_LARGE',
      message: expect.stringContaining('8388608 bytes'),
    })
    expect((await query('select 1 as one')).data.rows).toEqual([[1]])
  })

  test("another query's cursor is refused, and so is one with other parameters", async () => {
    const sql = 'select n from generate_series(1, 9) n where n > $1::int order by n'
    const { data } = await query(sql, { parameters: [1], limit: 2 })
    const cursor = data.next_cursor
    expect((await query(sql, { parameters: [1], cursor })).data.rows[0]).toEqual([4])
    for (const [other, parameters] of [
      [sql, [2]],
      [sql, ['1']],
      [`${sql} desc`, [1]],
    ] as const) {
      const { error } = await query(other, { parameters, cursor })
      expect(error).toMatchObject({
        code: 'VALIDATION_ERROR',
        message: expect.stringContaining('another query'),
      })
    }
    expect((await query(sql, { parameters: [1], cursor: '7' })).error?.code).toBe('VALIDATION_ERROR')
  })

  test.each([
    ['select titel from tasks', 'titel'],
    ['  /* é𝄞 */ select 1 as "é𝄞", t . "Nobody""s"  from tasks t', 't . "Nobody""s"'],
    ['select * from public.nothing', 'public.nothing'],
    ['select id from tasks a, tasks b', 'id'],
    ['select title + 1 from tasks', '+'],
    ['select title, count(*) from tasks', 'title'],
    ["select upper(1, 2, 'a secret of eve') from tasks", 'upper'],
    [';/* 𝄞 */; select titel from tasks;', 'titel'],
  ])('the name at fault is told in the words of the query, and its place: %s', async (sql, culprit) => {
    const position = [...sql.slice(0, sql.indexOf(culprit))].length + 1
    for (const tool of ['query', 'explain_query']) {
      const { error } = await rowgate.call('ada', tool, { sql })
      expect(error).toMatchObject({ code: 'QUERY_REJECTED', details: { subject: culprit, position } })
      expect(error?.message).toContain(`At \`${culprit}\`: `)
      expect(error?.message).not.toContain('secret')
    }
  })

  test.each([
    ['explain (analyze) select titel from tasks', 26],
    ['explain select 1 from from tasks', 23],
  ])('the place is counted from the beginning, EXPLAIN and all: %s', async (sql, position) => {
    const { error } = await rowgate.call('ada', 'explain_query', { sql })
    expect(error).toMatchObject({ code: 'QUERY_REJECTED', details: { position } })
  })

  test('a query that the planner finds too expensive is refused before it runs', async () => {
    const cross = 'select count(*) from generate_series(1, 3000) a, generate_series(1, 3000) b'
    const { error } = await query(cross)
    expect(error).toMatchObject({ code: 'QUERY_REJECTED', message: expect.stringContaining('too much work') })
    // The connection is as it was.
    expect((await query('select 1 as one')).data.rows).toEqual([[1]])
  })

  test("a refusal is the guard's own words, and the database's are not told", async () => {
    expect((await query('select pg_sleep(10)')).error).toMatchObject({
      code: 'QUERY_REJECTED',
      message: expect.stringContaining('`pg_sleep` is not an allowed function'),
    })
    expect((await query('selec 1')).error).toMatchObject({ code: 'QUERY_REJECTED' })
    const leak = await query("select title::int from tasks where title = 'alpha'")
    expect(leak.error).toMatchObject({ code: 'VALIDATION_ERROR' })
    expect(JSON.stringify(leak)).not.toContain('alpha')
  })

  test('the tables are listed for this login only, by pattern', async () => {
    const { data } = await rowgate.call('ada', 'list_tables', {})
    const names = data.rows.map((row: unknown[]) => row[0])
    expect(names).toContain('public.tasks')
    expect(names.filter((name: string) => /^(rowgate|pg_|information)/.test(name))).toEqual([])
    const some = await rowgate.call('ada', 'list_tables', { pattern: 'retail.' })
    expect(some.data.rows.every(([name]: [string]) => name.startsWith('retail.'))).toBe(true)
  })

  test('tables are described with columns, keys, indexes and policies; unknown ones are named', async () => {
    const { data } = await rowgate.call('ada', 'describe_tables', {
      tables: ['tasks', 'rowgate.identity_keys', 'nothing', "x' or true --"],
    })
    expect(data.missing).toEqual(['rowgate.identity_keys', 'nothing', "x' or true --"])
    expect(data.tables).toHaveLength(1)
    const [table] = data.tables
    expect(table.name).toBe('public.tasks')
    expect(table.columns[0]).toMatchObject({ name: 'id', type: 'uuid', nullable: false })
    expect(table.keys).toContain('PRIMARY KEY (id)')
    expect(table.indexes.join()).toContain('tasks_newest')
    expect(table.policies).toEqual(['You see the rows whose `user_id` is you'])
  })

  const withoutExamples = absent('retail', 'netflix', 'directory')
  test.skipIf(withoutExamples)('policies are told in words, and only those that decide', async () => {
    const { data } = await rowgate.call('ada', 'describe_tables', {
      tables: ['retail.orders', 'retail.products', 'netflix.movie', 'directory.users'],
    })
    expect(data.tables.map((table: { policies: string[] }) => table.policies)).toEqual([
      ['You see the rows whose `store_id` is in `retail.store_assignments` for you'],
      ['You see all rows'],
      ['You see all rows'],
      ['You see no user who was deleted', 'You see the rows whose `tenant_id` is your tenant'],
    ])
  })

  test('a plan has the sort key that completes an order, as the query runs', async () => {
    const { data } = await rowgate.call('ada', 'explain_query', {
      sql: 'select g, g % 3 as k from generate_series(1, 20) g order by k',
    })
    const keys = JSON.stringify(data.plan).match(/"sort_key":\[[^\]]*\]/g) ?? []
    expect(keys.join()).toContain('ROW(')
  })

  test('a plan is explained without running, and with real times when asked', async () => {
    const expected = await rowgate.call('ada', 'explain_query', {
      sql: 'select * from tasks where title = $1',
      parameters: ['x'],
    })
    expect(expected.data.total_cost).toBeGreaterThan(0)
    expect(expected.data.execution_ms).toBeUndefined()
    expect(JSON.stringify(expected.data.plan)).toContain('tasks')
    const ran = await rowgate.call('ada', 'explain_query', { sql: 'select * from tasks', analyze: true })
    expect(ran.data.execution_ms).toBeGreaterThan(0)
  })

  test("a plan tells nothing of the policies' conditions or of the rows that they hide", async () => {
    const { data } = await rowgate.call('ada', 'explain_query', { sql: 'select * from tasks', analyze: true })
    expect(JSON.stringify(data)).not.toMatch(/removed|filter|user_id/i)
  })

  test('a schema of the operator’s own is listed, described and queried once SQL_SCHEMAS names it and the login may read it', async () => {
    const listed = await rowgate.call('ada', 'list_tables', {})
    const names = listed.data.rows.map(([name]: [string]) => name)
    expect(names).toContain('crm.leads')
    expect(names).toContain('public.tasks')
    expect(names).not.toContain('crm.hidden')
    expect(names).not.toContain('unlisted.notes')
    const described = await rowgate.call('ada', 'describe_tables', {
      tables: ['leads', 'crm.hidden', 'unlisted.notes'],
    })
    expect(described.data.missing).toEqual(['crm.hidden', 'unlisted.notes'])
    const [leads] = described.data.tables
    expect(leads.columns.map(({ name }: { name: string }) => name)).toEqual(['id', 'owner', 'name'])
    expect(leads.policies).toEqual(['You see your own leads'])
    for (const table of ['leads', 'crm.leads']) {
      expect((await rowgate.call('ada', 'query', { sql: `select name from ${table}` })).data.rows).toEqual([
        ['Acme'],
      ])
    }
  })

  test('a table that was never analysed, and a view, have an unknown number of rows: null, not 0', async () => {
    await rowgate.database.endpoint.owner(`
      create table crm.fresh as select 1 as id;
      create view crm.fresh_view as select 1 as id;
      create table crm.emptied (id int); analyze crm.emptied;
      grant select on crm.fresh, crm.fresh_view, crm.emptied to ${rowgate.database.login}`)
    const estimates = Object.fromEntries(
      (await rowgate.call('ada', 'list_tables', { pattern: 'crm.' })).data.rows.map(
        ([name, , rows]: [string, string, number | null]) => [name, rows],
      ),
    )
    expect(estimates).toMatchObject({ 'crm.fresh': null, 'crm.fresh_view': null, 'crm.emptied': 0 })
  })

  test('a name comes out as SQL takes it, and goes in everywhere so', async () => {
    await rowgate.database.endpoint.owner(`
      create table crm."Order Items" (id int); insert into crm."Order Items" values (7);
      grant select on crm."Order Items" to ${rowgate.database.login}`)
    const { data } = await rowgate.call('ada', 'list_tables', { pattern: 'order items' })
    const [name] = data.rows[0]
    expect(name).toBe('crm."Order Items"')
    expect((await query(`select id from ${name}`)).data.rows).toEqual([[7]])
    expect((await rowgate.call('ada', 'list_tables', { pattern: name })).data.row_count).toBe(1)
    for (const spelling of [name, '"Order Items"', 'crm.Order Items', 'Order Items']) {
      const described = await rowgate.call('ada', 'describe_tables', { tables: [spelling] })
      expect(described.data, spelling).toMatchObject({ tables: [{ name }], missing: [] })
    }
    expect((await rowgate.call('ada', 'describe_tables', { tables: ['CRM.Leads'] })).data.missing).toEqual([])
  })

  test('a very wide table is described a page at a time, and says what is left out', async () => {
    const columns = Array.from({ length: 900 }, (_, at) => `a_column_with_a_long_name_${at + 1} text`)
    await rowgate.database.endpoint.owner(
      `create table crm.wide (${columns.join(', ')}); grant select on crm.wide to ${rowgate.database.login}`,
    )
    const names: string[] = []
    let first: number | undefined = 1
    while (first !== undefined) {
      const answer = await rowgate.call('ada', 'describe_tables', {
        tables: ['crm.wide', 'crm.leads'],
        first_column: first,
      })
      expect(JSON.stringify(answer).length).toBeLessThan(50_000)
      const [wide] = answer.data.tables
      expect(wide.column_count).toBe(900)
      names.push(...wide.columns.map(({ name }: { name: string }) => name))
      first = wide.next_column
    }
    expect(names).toEqual(columns.map((column) => column.replace(' text', '')))
  })

  test('what an extension tells of the server is no table, also where tables are', async () => {
    await rowgate.database.endpoint.owner(
      'create view crm.pg_stat_statements as select current_query() as query; grant select on crm.pg_stat_statements to public',
    )
    const names = (await rowgate.call('ada', 'list_tables', { pattern: 'statements' })).data.rows
    expect(names).toEqual([])
    for (const table of ['crm.pg_stat_statements', 'pg_stat_statements']) {
      const { error } = await query(`select query from ${table}`)
      expect(error).toMatchObject({ code: 'QUERY_REJECTED', message: expect.stringContaining(table) })
      expect((await rowgate.call('ada', 'describe_tables', { tables: [table] })).data.missing).toEqual([
        table,
      ])
    }
  })

  test('a schema that SQL_SCHEMAS leaves out is not reachable, whatever the login may read there', async () => {
    const { error } = await rowgate.call('ada', 'query', { sql: 'select * from unlisted.notes' })
    expect(error).toMatchObject({ code: 'QUERY_REJECTED' })
    expect((await rowgate.call('ada', 'query', { sql: 'select margin from leads' })).error).toMatchObject({
      code: 'AUTHORIZATION_ERROR',
    })
  })
})

test.each(['pg_catalog', 'public,pg_toast', 'information_schema', 'public, rowgate', ' , '])(
  'SQL_SCHEMAS=%s stops the Worker with a sentence that names it',
  (value) => {
    const env = { DATABASE_URL: 'postgres://a@b/c', IDENTITY_KEY: IDENTITY_KEY, SQL_SCHEMAS: value }
    expect(() => readConfig(env)).toThrow(/^SQL_SCHEMAS/)
  },
)
