/** Rows are written as the file allows: in the caller's own, once for a key, named in the audit log. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askingClient } from '../../support/clients/asking-client.ts'
import { ACME, GLOBEX, ISSUES_LOCK, ISSUES_SCHEMA } from '../../support/fixtures/issues.ts'
import type { Envelope } from '../../support/product/rowgate.ts'
import { type RowgateOfSources, startSources } from '../../support/product/sources.ts'
import { anyDatabase } from '../../support/servers/databases.ts'

const SCOPES = ['rows:read', 'rows:write', 'activity:read', 'projects:read']
const NONE = 987_654

const DATA = `
  insert into app.projects values (1, 'acme', 'rockets'), (2, 'globex', 'lasers'), (3, 'acme', 'boats');
  insert into app.issues (id, org_id, project_id, title) values
    (101, 'acme', 1, 'fix it'), (102, 'globex', 2, 'theirs'), (103, 'acme', 1, 'gone soon');
  insert into app.members values ('acme', 1, 'ada@example.com', 10), ('acme', 2, 'bob@example.com', 20), ('acme', 3, 'cat@example.com', 30);
  insert into app.members values ('globex', 1, 'eve@example.com', 30)`

describe.each(anyDatabase)('writes of rows on $engine', ({ start }) => {
  let rowgate: RowgateOfSources
  beforeAll(async () => {
    const sql = `${ISSUES_SCHEMA};${DATA}`
    rowgate = await startSources({ main: { sql, lock: ISSUES_LOCK } }, { start })
  })
  afterAll(() => rowgate.close())

  function call(tool: string, args: object, tenant = ACME, user = 'alice'): Promise<Envelope> {
    return rowgate.call(user, tool, { ...args }, { tenant, scopes: SCOPES })
  }

  async function owner(sql: string): Promise<unknown[][]> {
    return [...((await rowgate.databases.main?.endpoint.owner(sql))?.rows ?? [])].map((row) => [...row])
  }

  const insert = (values: object, more: object = {}, tenant = ACME) =>
    call('insert_row', { table: 'issues', values, ...more }, tenant)
  const update = (key: unknown, values: object, more: object = {}, tenant = ACME) =>
    call('update_row', { table: 'issues', key, values, ...more }, tenant)

  test('a row is inserted with what the caller gives and what the identity fills in, and comes back whole', async () => {
    const { data } = await insert({
      title: 'Write it',
      labels: ['x'],
      meta: { a: [1] },
      due: '2026-05-01',
      votes: '7',
    })
    expect(data.row).toMatchObject({
      ...{ id: expect.any(Number), org_id: ACME, reporter: 'alice', title: 'Write it', slug: 'write it' },
      ...{ status: 'open', labels: ['x'], meta: { a: [1] }, due: '2026-05-01', votes: 7, project_id: null },
    })
    expect((await call('get_row', { table: 'issues', key: data.row.id }, GLOBEX)).error?.code).toBe(
      'NOT_FOUND',
    )
  })

  test('a row is updated by its key, null empties, and what is left out stays', async () => {
    const { data } = await update(101, { title: 'Fixed', project_id: null, estimate: 2.5 })
    expect(data.row).toMatchObject({
      id: 101,
      title: 'Fixed',
      project_id: null,
      estimate: '2.50',
      status: 'open',
    })
    expect((await update(101, { project_id: 3 })).data.row).toMatchObject({ title: 'Fixed', project_id: 3 })
  })

  test('a row of another tenant and one that never existed are the same to a write', async () => {
    for (const tool of ['update_row', 'delete_row']) {
      const values = tool === 'update_row' ? { values: { title: 'mine now' } } : {}
      const foreign = await call(tool, { table: 'issues', key: 102, ...values })
      const none = await call(tool, { table: 'issues', key: NONE, ...values })
      expect(foreign.error?.code).toBe('NOT_FOUND')
      expect(foreign.error).toEqual(none.error)
    }
    expect(await owner('select title from app.issues where id = 102')).toEqual([['theirs']])
  })

  test("a foreign key to another tenant's row is NOT_FOUND, as to one that never existed", async () => {
    const misses = [
      await insert({ title: 'a', project_id: 2 }),
      await insert({ title: 'a', project_id: NONE }),
      await update(101, { project_id: 2 }),
      await update(101, { project_id: NONE }),
    ]
    for (const { error } of misses) {
      expect(error?.code).toBe('NOT_FOUND')
      expect(error).toEqual(misses[0]?.error)
    }
    expect(misses[0]?.error?.message).toContain('`project_id`')
    expect(await owner(`select count(*) from app.issues where title = 'a'`)).toEqual([['0']])
    expect((await insert({ title: 'with a project', project_id: 1 })).data.row.project_id).toBe(1)
  })

  test.each([
    [{ org_id: GLOBEX, title: 'x' }, '`org_id` is filled in from who you are'],
    [{ reporter: 'bob', title: 'x' }, '`reporter` is filled in from who you are'],
    [{ slug: 'x', title: 'x' }, '`slug` does not take a value'],
    [{ id: 1, title: 'x' }, '`id` does not take a value'],
    [{ secret: 'x', title: 'x' }, '`secret` does not take a value'],
    [{ 'title") values (1) --': 'x', title: 'x' }, 'does not take a value'],
    [{ constructor: 'x', title: 'x' }, 'does not take a value'],
    [{ tilte: 'x' }, 'Did you mean `title`?'],
    [{}, 'must also hold `title`'],
    [{ title: null }, '`title` cannot be null'],
    [{ title: 'x'.repeat(41) }, 'at most 40 characters'],
    [{ title: 7 }, '`title`'],
    [{ title: 'x', votes: 'many' }, '`votes`'],
    [{ title: 'x', status: 'lost' }, '`open`, `closed`'],
    [{ title: 'x', days: 'soon' }, '`days`'],
    [{ title: 'x', meta: { a: '\0' } }, '`meta`'],
    [{ title: 'x', estimate: '99999999999' }, '`estimate`'],
    [{ title: 'x', votes: -1 }, "the table's rules"],
  ])('%j is refused in words of ours', async (values, words) => {
    const { error } = await insert(values)
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(words) })
    expect(error?.message).not.toMatch(/invalid input|violates|malformed|overflow|syntax/)
  })

  test('what an update cannot do: nothing, other columns, another tenant', async () => {
    expect((await update(101, {})).error?.code).toBe('VALIDATION_ERROR')
    expect((await update(101, { org_id: GLOBEX })).error?.code).toBe('VALIDATION_ERROR')
    expect((await update(101, { id: 5 })).error?.code).toBe('VALIDATION_ERROR')
    expect((await update("101' or true --", { title: 'x' })).error?.code).toBe('VALIDATION_ERROR')
    expect((await update({ id: 101, org_id: GLOBEX }, { title: 'x' })).error?.code).toBe('VALIDATION_ERROR')
  })

  test('an operation that the file does not allow is AUTHORIZATION_ERROR, on a table that is there', async () => {
    const { error } = await call('insert_row', { table: 'projects', values: { name: 'x' } })
    expect(error).toMatchObject({
      code: 'AUTHORIZATION_ERROR',
      message: expect.stringContaining('find, get'),
    })
    expect((await call('update_row', { table: 'projects', key: 1, values: { name: 'x' } })).error?.code).toBe(
      'AUTHORIZATION_ERROR',
    )
  })

  test('a row of a table without a key is added, and a repeated key adds no second', async () => {
    const line = { table: 'log', values: { line: 'a line' }, idempotency_key: 'l1' }
    expect((await call('insert_row', line)).data).toEqual({ row: { line: 'a line' } })
    expect((await call('insert_row', line)).error?.code).toBe('CONFLICT')
    expect(await owner(`select org_id, count(*) from app.log group by 1`)).toEqual([[ACME, '1']])
    expect((await call('list_activity', { target: 'log' })).data.row_count).toBeGreaterThan(0)
  })

  test('a unique value that exists already is CONFLICT', async () => {
    await insert({ title: 'only once' })
    expect((await insert({ title: 'only once' })).error?.code).toBe('CONFLICT')
    expect((await insert({ title: 'only once' }, {}, GLOBEX)).error).toBe(undefined)
  })

  test('a repeated idempotency key gives what the first call wrote, and writes nothing', async () => {
    const first = await insert({ title: 'keyed' }, { idempotency_key: 'k1' })
    const again = await insert({ title: 'keyed' }, { idempotency_key: 'k1' })
    expect(again.data.row).toEqual(first.data.row)
    expect(await owner(`select count(*) from app.issues where title = 'keyed'`)).toEqual([['1']])
    expect((await insert({ title: 'other' }, { idempotency_key: 'k1' })).error?.code).toBe('CONFLICT')

    const { id } = first.data.row
    await update(id, { title: 'changed' }, { idempotency_key: 'k2' })
    await owner(`update app.issues set title = 'by another' where id = ${id}`)
    const repeated = await update(id, { title: 'changed' }, { idempotency_key: 'k2' })
    expect(repeated.data.row.title).toBe('by another')

    const remove = { table: 'issues', key: id, idempotency_key: 'k3' }
    expect((await call('delete_row', remove)).data).toEqual({ deleted: true })
    expect((await call('delete_row', remove)).data).toEqual({ deleted: true })
    expect((await call('delete_row', { ...remove, idempotency_key: 'k4' })).error?.code).toBe('NOT_FOUND')
  })

  test('an idempotency key is the caller’s own, and one that met an error is free', async () => {
    await insert({ title: 'hers' }, { idempotency_key: 'shared' })
    const his = await rowgate.call(
      'bob',
      'insert_row',
      { table: 'issues', values: { title: 'his' }, idempotency_key: 'shared' },
      { tenant: ACME, scopes: SCOPES },
    )
    expect(his.data.row).toMatchObject({ title: 'his', reporter: 'bob' })
    const late = { title: 'late', project_id: 9 }
    expect((await insert(late, { idempotency_key: 'late' })).error?.code).toBe('NOT_FOUND')
    await owner(`insert into app.projects values (9, 'acme', 'new')`)
    expect((await insert(late, { idempotency_key: 'late' })).data.row.project_id).toBe(9)
  })

  test('of calls at once with one key, one writes', async () => {
    const calls = Array.from({ length: 4 }, () => insert({ title: 'at once' }, { idempotency_key: 'race' }))
    const ids = (await Promise.all(calls)).map(({ data }) => data.row.id)
    expect(new Set(ids).size).toBe(1)
  })

  test('the audit row of a write names the row', async () => {
    const { data } = await insert({ title: 'audited' })
    const log = await call('list_activity', { tool: 'insert_row', limit: 1 })
    const targets = log.data.rows[0]?.[log.data.columns.indexOf('targets')]
    expect(targets).toEqual([`issues/${data.row.id}`])
    await call('delete_row', { table: 'issues', key: data.row.id })
    const after = await call('list_activity', { tool: 'delete_row', limit: 1 })
    expect(after.data.rows[0]?.[after.data.columns.indexOf('targets')]).toEqual([`issues/${data.row.id}`])
  })

  test('a caller is listed the tables that it may name, for each operation', async () => {
    const client = await rowgate.client('alice', { tenant: ACME, scopes: ['rows:read', 'rows:write'] })
    const { tools } = await client.listTools()
    const tablesOf = (name: string) => {
      const table = tools.find((tool) => tool.name === name)?.inputSchema.properties?.table
      return typeof table === 'object' && table !== null ? Reflect.get(table, 'enum') : undefined
    }
    expect(tablesOf('find_rows')).toEqual(['Order Items', 'events', 'issues', 'log', 'members'])
    expect(tablesOf('get_row')).toEqual(['Order Items', 'events', 'issues', 'members'])
    expect(tablesOf('insert_row')).toEqual(['issues', 'log'])
    expect(tablesOf('delete_row')).toEqual(['issues', 'members'])
    await client.close()
  })

  describe('a write that the user confirms', () => {
    const remove = { table: 'members', key: { org_id: ACME, member_no: 2 } }

    const asking = (answer: object, onAsked = async (): Promise<unknown> => undefined) =>
      askingClient(rowgate, { tenant: ACME, scopes: SCOPES }, { tool: 'delete_row', answer, onAsked })

    test('is not done by a client that cannot ask', async () => {
      const { error } = await call('delete_row', remove)
      expect(error).toMatchObject({ code: 'CONFIRMATION_REQUIRED', retryable: false })
      expect(await owner(`select count(*) from app.members where member_no = 2`)).toEqual([['1']])
    })

    test('is asked about with the row in words, masked as the caller sees it, and not done without a yes', async () => {
      const client = await asking({ action: 'decline' })
      expect((await client.call(remove)).error?.code).toBe('AUTHORIZATION_ERROR')
      expect(client.questions).toEqual([
        'Delete the row org_id "acme", member_no 2 of members? It holds org_id "acme"; member_no 2; email "b***"; salary nothing.',
      ])
      expect(await owner(`select count(*) from app.members where member_no = 2`)).toEqual([['1']])
    })

    test('is done after a yes, and a row of another tenant is not even asked about', async () => {
      expect((await (await asking({})).call(remove)).data).toEqual({ deleted: true })
      expect(await owner(`select count(*) from app.members where member_no = 2`)).toEqual([['0']])
      const client = await asking({})
      const foreign = await client.call({ table: 'members', key: { org_id: GLOBEX, member_no: 1 } })
      expect(foreign.error?.code).toBe('NOT_FOUND')
      expect(client.questions).toEqual([])
    })

    test('is not done where the row has changed since it was shown', async () => {
      const client = await asking({}, () =>
        owner(`update app.members set email = 'zoe@example.com' where member_no = 3`),
      )
      const { error } = await client.call({ table: 'members', key: { org_id: ACME, member_no: 3 } })
      expect(error?.code).toBe('AUTHORIZATION_ERROR')
      expect(await owner(`select count(*) from app.members where member_no = 3`)).toEqual([['1']])
    })
  })
})
