/** Rows are found by a caller's filter and order, page by page, over views that show a tenant's own. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPostgres } from '../../../src/data/postgres/connector.ts'
import { parseArguments } from '../../../src/mcp/arguments.ts'
import { findRows, getRow } from '../../../src/toolsets/rows/find.ts'
import { type FindRows, findRowsInput, type GetRow, getRowInput } from '../../../src/toolsets/rows/schema.ts'
import { tableFor } from '../../../src/toolsets/rows/tables.ts'
import { ACME, GLOBEX, ISSUES_LOCK, ISSUES_SCHEMA } from '../../support/fixtures/issues.ts'
import { lockOf, tableOf } from '../../support/product/sources.ts'
import { anyDatabase, type TestDatabase } from '../../support/servers/databases.ts'

const SOURCE = { name: 'main', lock: ISSUES_LOCK }
const NOW = Date.parse('2026-03-10T12:00:00Z')

describe.each(anyDatabase)('find_rows and get_row on $engine', ({ start }) => {
  let database: TestDatabase
  let open: ReturnType<typeof createPostgres>
  beforeAll(async () => {
    database = await start()
    open = createPostgres(database.settings)
    await database.endpoint.owner(ISSUES_SCHEMA)
    await database.endpoint.owner(
      `insert into app.projects values (1, 'acme', 'rockets'), (2, 'globex', 'lasers')`,
    )
    await database.endpoint.owner(`
      insert into app.issues (id, org_id, project_id, title, status, estimate, votes, due, created_at, labels, meta, place, days, shot, body)
      select i, case when i % 3 = 0 then 'globex' else 'acme' end, 1, 'Issue ' || i, case when i % 2 = 0 then 'open' else 'closed' end::app.status,
        case when i % 4 <> 0 then i + 0.10 end, case when i = 1 then 9007199254740993 else i end, '2026-03-01'::date + i,
        '2026-03-01 10:00:00.123456+00'::timestamptz + i % 5 * interval '1 day', array['a', 'b' || i], jsonb_build_object('n', i),
        row('Oslo', i)::app.place, daterange('2026-01-01', '2026-02-01'), '\\x00ff'::bytea, case when i % 2 = 0 then '100% of_it' end
      from generate_series(1, 30) i`)
    await database.endpoint.owner(
      `insert into app.members values ('acme', 1, 'ada@example.com', 10), ('acme', 2, 'bob@example.com', 20), ('globex', 1, 'eve@example.com', 30)`,
    )
    await database.endpoint.owner(
      `insert into app.log values ('acme', 'one'), ('acme', 'two'), ('globex', 'three')`,
    )
    await database.endpoint.owner(
      `insert into app.events (org_id, at, kind) select 'acme', '2026-03-01'::timestamptz + i * interval '1 day', 'k' from generate_series(0, 9) i`,
    )
    await database.endpoint.owner(
      `insert into app."Order Items" values ('11111111-1111-4111-8111-111111111111', 'acme', 'x', 'y')`,
    )
  })
  afterAll(() => database.close())

  const scopes = new Set<string>()

  function as(tenantId: string, granted: ReadonlySet<string> = scopes) {
    const caller = { userId: 'alice', tenantId, scopes: granted }
    return open(caller, { signal: new AbortController().signal, deadline: Date.now() + 30_000 })
  }

  async function find(table: string, given: object = {}, tenant = ACME, granted = scopes) {
    const input = parseArguments(findRowsInput, { table, ...given }) as FindRows
    return findRows(as(tenant, granted), tableFor('find', table, SOURCE, granted), input, NOW)
  }

  async function get(table: string, key: unknown, given: object = {}, tenant = ACME) {
    const input = parseArguments(getRowInput, { table, key, ...given }) as GetRow
    return getRow(as(tenant), tableFor('get', table, SOURCE, scopes), input)
  }

  async function ids(given: object, tenant = ACME): Promise<unknown[]> {
    const { rows } = await find('issues', { columns: ['id'], limit: 100, ...given }, tenant)
    return rows.map(([id]) => id)
  }

  async function all(table: string, given: object, tenant = ACME): Promise<unknown[]> {
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await find(table, { ...given, ...(cursor !== undefined && { cursor }) }, tenant)
      seen.push(...page.rows.map(([id]) => id))
      cursor = page.next_cursor
    } while (cursor !== undefined)
    return seen
  }

  test('values come as JSON that loses nothing: exact numbers as text, times in ISO 8601, bytes as their size', async () => {
    const { row } = await get('issues', 1)
    expect(row).toEqual({
      ...{ id: 1, org_id: ACME, project_id: 1, title: 'Issue 1', body: null, status: 'closed' },
      ...{
        estimate: '1.10',
        votes: '9007199254740993',
        due: '2026-03-02',
        labels: ['a', 'b1'],
        meta: { n: 1 },
      },
      ...{ created_at: expect.stringMatching(/^2026-03-02T10:00:00\.123456\+00:00$/), shot: 2 },
      ...{
        place: { city: 'Oslo', floor: 1 },
        days: '[2026-01-01,2026-02-01)',
        reporter: null,
        slug: 'issue 1',
      },
    })
  })

  test('an order that its type does not have is the caller’s fault, also of a type that is not known', async () => {
    await database.endpoint.owner(`
      create view agent.shapes as select 1 as id, box '((0,0),(1,1))' as frame;
      do $$ begin execute format('grant select on agent.shapes to %I', rowgate.login()); end $$`)
    const shapes = { ...SOURCE, lock: lockOf([tableOf('shapes', { id: 'integer', frame: 'box' })]) }
    const table = tableFor('find', 'shapes', shapes, scopes)
    const ordered = (order: string) =>
      findRows(
        as(ACME),
        table,
        parseArguments(findRowsInput, { table: 'shapes', order: [order] }) as FindRows,
        NOW,
      )
    expect((await ordered('id')).rows).toEqual([[1, '(1,1),(0,0)']])
    await expect(ordered('frame')).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('`frame`'),
    })
  })

  test('a row of another tenant is NOT_FOUND, as one that never existed is', async () => {
    const [foreign, none] = await Promise.all([3, 99].map((id) => get('issues', id).catch((error) => error)))
    expect(foreign).toMatchObject({ code: 'NOT_FOUND' })
    expect(foreign.message).toBe(none.message)
    expect((await get('issues', 3, {}, GLOBEX)).row.id).toBe(3)
  })

  test.each([
    [
      [
        { column: 'status', value: 'open' },
        { column: 'id', op: 'lt', value: 9 },
      ],
      [8, 4, 2],
    ],
    [
      [
        { column: 'estimate', op: 'is_null' },
        { column: 'id', op: 'lte', value: 8 },
      ],
      [8, 4],
    ],
    [
      [
        { column: 'estimate', value: null },
        { column: 'id', op: 'lte', value: 4 },
      ],
      [4],
    ],
    [
      [
        { column: 'estimate', op: 'ne', value: '1.10' },
        { column: 'id', op: 'lte', value: 4 },
      ],
      [4, 2],
    ],
    [[{ column: 'id', op: 'in', value: [1, 2, 3, '4'] }], [4, 2, 1]],
    [
      [
        { column: 'status', op: 'in', value: ['open'] },
        { column: 'id', op: 'lt', value: 5 },
      ],
      [4, 2],
    ],
    [[{ column: 'votes', value: '9007199254740993' }], [1]],
    [[{ column: 'labels', op: 'contains', value: 'b7' }], [7]],
    [[{ column: 'labels', value: ['a', 'b7'] }], [7]],
    [[{ column: 'meta', op: 'contains', value: { n: 7 } }], [7]],
    [
      [
        { column: 'title', op: 'contains', value: 'ISSUE 1' },
        { column: 'id', op: 'lt', value: 12 },
      ],
      [11, 10, 1],
    ],
    [
      [
        { column: 'title', op: 'like', value: '%e 1_' },
        { column: 'id', op: 'lt', value: 12 },
      ],
      [11, 10],
    ],
    [
      [
        { column: 'body', op: 'contains', value: '% of_' },
        { column: 'id', op: 'lt', value: 3 },
      ],
      [2],
    ],
    [[{ column: 'body', op: 'contains', value: '0_o' }], []],
    [
      [
        { column: 'due', op: 'gte', value: '2026-03-29' },
        { column: 'due', op: 'lt', value: '2026-03-31' },
      ],
      [29, 28],
    ],
    [
      [
        { column: 'created_at', value: '2026-03-02T10:00:00.123456Z' },
        { column: 'id', op: 'lt', value: 12 },
      ],
      [11, 1],
    ],
    [
      [
        { column: 'days', op: 'contains', value: '2026-01-01' },
        { column: 'id', op: 'lt', value: 3 },
      ],
      [2, 1],
    ],
  ])('%j', async (filter, expected) => {
    expect(await ids({ filter })).toEqual(expected)
  })

  test('with `any` one comparison is enough', async () => {
    const filter = [
      { column: 'id', value: 1 },
      { column: 'title', value: 'Issue 2' },
      { column: 'id', value: 3 },
    ]
    expect(await ids({ filter, any: true })).toEqual([2, 1])
    expect(await ids({ filter })).toEqual([])
  })

  test.each([
    [{}],
    [{ order: ['created_at'] }],
    [{ order: ['-created_at', 'id'] }],
    [{ order: ['estimate'] }],
    [{ order: ['-estimate'] }],
    [{ order: ['-estimate', 'status', '-id'] }],
    [{ order: ['status', '-body'] }],
    [{ order: ['title'], columns: ['title'] }],
  ])('pages of %j go through every row once, in one order', async (given) => {
    const whole = await find('issues', { columns: ['id'], limit: 100, ...given })
    expect(whole).toMatchObject({ truncated: false, row_count: 20 })
    const paged = await all('issues', { columns: ['id'], limit: 3, ...given })
    expect(paged).toEqual(whole.rows.map(([id]) => id))
    expect(new Set(paged).size).toBe(20)
  })

  test('a cursor is good for its own list alone', async () => {
    const { next_cursor: cursor } = await find('issues', { limit: 2 })
    const other = { cursor, filter: [{ column: 'id', op: 'gt', value: 0 }] }
    for (const given of [
      other,
      { cursor, order: ['id'] },
      { cursor: 'AAAA' },
      { cursor: '*' },
      { cursor: '' },
    ])
      await expect(find('issues', given)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
    await expect(find('members', { cursor })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
  })

  test('a cursor with made-up values gives no error of the database, and no row of another tenant', async () => {
    const { next_cursor: cursor = '' } = await find('issues', { limit: 2, columns: ['org_id'] })
    const [mark] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const forge = (...place: unknown[]) => Buffer.from(JSON.stringify([mark, ...place])).toString('base64url')
    const page = await find('issues', { limit: 2, columns: ['org_id'], cursor: forge('99999') })
    expect(new Set(page.rows.flat())).toEqual(new Set([ACME]))
    for (const place of [['x'], ["1' or true --"], ['1', '2'], [], [{}], ['\0']]) {
      const error = await find('issues', { limit: 2, columns: ['org_id'], cursor: forge(...place) }).catch(
        (e) => e,
      )
      expect(error).toMatchObject({ code: 'VALIDATION_ERROR' })
      expect(error.message).not.toMatch(/syntax|bigint: "/)
    }
  })

  test.each([
    [{ column: 'id', value: 'x' }, '`id` (bigint)'],
    [{ column: 'id', value: 1.5 }, '`id` (bigint)'],
    [{ column: 'id', value: '99999999999999999999' }, '`id` (bigint)'],
    [{ column: 'due', value: '2026-02-30' }, '`due` (date)'],
    [{ column: 'created_at', value: 'yesterday' }, '`created_at`'],
    [{ column: 'status', value: 'lost' }, '`open`, `closed`'],
    [{ column: 'status', op: 'in', value: ['open', 'lost'] }, '`status`'],
    [{ column: 'estimate', value: 'many' }, '`estimate`'],
    [{ column: 'days', value: 'soon' }, '`days`'],
    [{ column: 'title', value: 7 }, '`title`'],
    [{ column: 'title', value: 'a\0' }, '`title`'],
    [{ column: 'labels', value: 'a' }, '`labels`'],
    [{ column: 'id', op: 'in', value: 1 }, 'a list'],
    [{ column: 'id', op: 'gt', value: null }, '`is_null`'],
    [{ column: 'id', op: 'gt' }, 'needs a `value`'],
    [{ column: 'meta', op: 'lt', value: 1 }, 'cannot be compared'],
    [{ column: 'title', op: 'like', value: 'a\\' }, 'backslash'],
    [{ column: 'titel', value: 'a' }, 'Did you mean `title`?'],
    [{ column: 'secret', value: 'a' }, 'no column `secret`'],
    [{ column: 'id" or true --', value: 1 }, 'no column'],
    [{ column: 'constructor', value: 1 }, 'no column'],
  ])('%j is a VALIDATION_ERROR that names the column', async (comparison, words) => {
    const error = await find('issues', { filter: [comparison] }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(words) })
    expect(error.message).not.toMatch(/invalid input|syntax|malformed/i)
  })

  test('hostile text is a value, wherever it stands', async () => {
    const hostile = ["'; drop table app.issues; --", '$1', '\\', '%', "E'\\''", '"', '{"x"}', '🦉'.repeat(9)]
    for (const value of hostile) {
      expect(await ids({ filter: [{ column: 'title', value }] })).toEqual([])
      expect(await ids({ filter: [{ column: 'title', op: 'in', value: [value] }] })).toEqual([])
      await ids({ filter: [{ column: 'labels', op: 'contains', value }] })
      await ids({ filter: [{ column: 'meta', op: 'contains', value: { [value]: value } }] })
    }
    expect(await ids({})).toHaveLength(20)
  })

  test('a mask holds in filters and in the order', async () => {
    const real = await find('members', { filter: [{ column: 'email', value: 'ada@example.com' }] })
    expect(real.rows).toEqual([])
    const shown = await find('members', { filter: [{ column: 'email', op: 'like', value: 'a%' }] })
    expect(shown.rows).toEqual([[ACME, 1, 'a***', null]])
    expect(await find('members', { order: ['-salary'] })).toMatchObject({
      rows: [
        [ACME, 2, 'b***', null],
        [ACME, 1, 'a***', null],
      ],
    })
    expect((await find('members', { filter: [{ column: 'salary', op: 'gt', value: 5 }] })).rows).toEqual([])
    const hr = new Set(['hr:read'])
    const found = await find('members', { filter: [{ column: 'salary', op: 'gt', value: 15 }] }, ACME, hr)
    expect(found.rows).toEqual([[ACME, 2, 'b***', 20]])
  })

  test('a key of several columns is named by each of them', async () => {
    expect((await get('members', { org_id: ACME, member_no: 2 })).row.email).toBe('b***')
    await expect(get('members', { org_id: GLOBEX, member_no: 1 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    for (const key of [2, { org_id: ACME }, { org_id: ACME, member_no: null }, { org_id: ACME, number: 2 }])
      await expect(get('members', key)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
  })

  test('a table without a key is found, and has no pages', async () => {
    const { rows, truncated, next_cursor } = await find('log', { limit: 1 })
    expect({ rows: rows.length, truncated, next_cursor }).toEqual({
      rows: 1,
      truncated: true,
      next_cursor: undefined,
    })
    expect(() => tableFor('get', 'log', SOURCE, scopes)).toThrow('no key')
    await expect(find('log', { cursor: 'AAAA' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
  })

  test('names that SQL would fold or read as its own words are quoted', async () => {
    const { rows } = await find('Order Items', { filter: [{ column: 'a"b', value: 'y' }], order: ['select'] })
    expect(rows).toEqual([['11111111-1111-4111-8111-111111111111', 'x', 'y']])
  })

  test('a composite is compared as the object that it is shown as, and anything else is a clear error', async () => {
    const of = async (value: unknown, op = 'eq') =>
      (await find('issues', { filter: [{ column: 'place', op, value }], limit: 100 })).row_count
    const all = (await find('issues', { limit: 100 })).row_count
    expect(await of({ floor: 1, city: 'Oslo' })).toBe(1)
    expect(await of({ floor: 1, city: 'Oslo' }, 'ne')).toBe(all - 1)
    expect(await of({ city: 'Oslo', level: 1 })).toBe(0)
    await expect(of('(Oslo,1)')).rejects.toThrow('of a composite, to compare it whole, the object')
    await expect(of({ city: '\0' })).rejects.toThrow('`place`')
    await expect(of({ city: 'Oslo' }, 'lt')).rejects.toThrow('use `eq` or `ne`')
  })

  test('a required window is asked for by name, and holds also beside `any`', async () => {
    const lower = { column: 'at', op: 'gte', value: '2026-03-05' }
    for (const given of [
      {},
      { filter: [{ ...lower, value: '2026-03-01' }] },
      { filter: [{ ...lower, op: 'lt' }] },
      { filter: [lower, { column: 'kind', value: 'k' }], any: true },
      {
        filter: [
          { ...lower, value: '2026-01-01' },
          { ...lower, op: 'lt', value: '2026-02-01' },
        ],
      },
    ])
      await expect(find('events', given)).rejects.toThrow('`at`')
    expect((await find('events', { filter: [lower] })).row_count).toBe(6)
    const within = [lower, { ...lower, op: 'lt', value: '2026-03-07' }]
    expect((await find('events', { filter: within })).row_count).toBe(2)
  })

  test('a table is NOT known to a caller without its scope, whether or not it exists', () => {
    const refusal = (name: string) => {
      try {
        tableFor('find', name, SOURCE, scopes)
      } catch (error) {
        return error instanceof Error ? error.message.replace(name, 'it') : error
      }
      return undefined
    }
    expect(refusal('projects')).toBe(refusal('absences'))
    expect(tableFor('find', 'projects', SOURCE, new Set(['projects:read'])).name).toBe('projects')
    expect(refusal('issue')).toContain('Did you mean `issues`?')
  })
})
