/** The audit log after calls through a real client, on both Postgres servers. */

import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { anyDatabase, IDENTITY_KEY } from '../../support/servers/databases.ts'

const NO_SUCH_ID = '01900000-0000-7000-8000-000000000000'
const OWN = { scopes: ['tasks:read', 'tasks:write', 'activity:read'] }
const AUDITOR = { scopes: [...OWN.scopes, 'audit:read'] }
type Activity = Record<string, unknown>

describe.each(anyDatabase)('the audit log on $engine', ({ start }) => {
  let rowgate: Rowgate
  beforeAll(async () => {
    rowgate = await startRowgate({ database: start, env: { AUDIT_READS: 'true' } })
  })
  afterAll(() => rowgate.close())

  async function activity(user: string, filter: object = {}, grant: object = OWN): Promise<Activity[]> {
    await rowgate.settled()
    const { data } = await rowgate.call(user, 'list_activity', { ...filter }, grant)
    return data.rows.map((row: unknown[]) =>
      Object.fromEntries(row.map((value, index) => [data.columns[index], value])),
    )
  }
  const calls = async (user: string, filter: object = {}, grant: object = OWN) =>
    (await activity(user, filter, grant)).map(({ tool, outcome }) => `${tool} ${outcome}`)

  test('a write leaves one row that names the rows which the database saw change', async () => {
    const args = { title: 'a', idempotency_key: 'k' }
    const { data } = await rowgate.call('ada', 'add_task', args, { ...OWN, client: 'claude' })
    expect(await activity('ada')).toEqual([
      {
        seq: expect.any(Number),
        at: expect.stringMatching(/^20\d\d-.*Z$/),
        user: 'ada',
        client: 'claude',
        tool: 'add_task',
        outcome: 'success',
        duration_ms: expect.any(Number),
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        targets: [`tasks/${data.id}`],
        target_count: 1,
        arguments_hash: createHmac('sha256', Buffer.from(IDENTITY_KEY.slice(3), 'base64'))
          .update('arguments {"idempotency_key":"k","title":"a"}')
          .digest('hex'),
      },
    ])
    // The same key again changes the first row to itself, and its id is what the second call was about.
    await rowgate.call('ada', 'add_task', { ...args, title: 'b' }, OWN)
    expect((await activity('ada', { tool: 'add_task' })).map(({ targets }) => targets)).toEqual([
      [`tasks/${data.id}`],
      [`tasks/${data.id}`],
    ])
    await rowgate.call('ada', 'delete_task', { task_id: data.id }, OWN)
    expect(await calls('ada', { target: `tasks/${data.id}`, limit: 1 })).toEqual(['delete_task success'])
  })

  test("a write's row is there when the answer is, in the same request to the database", async () => {
    await rowgate.call('bea', 'add_task', { title: 'first' }, OWN)
    // Rows of the reads before this are on their way.
    await rowgate.settled()
    const before = rowgate.database.endpoint.requests()
    await rowgate.call('bea', 'add_task', { title: 'second' }, OWN)
    expect(rowgate.database.endpoint.requests() - before).toBe(1)
    const { rows } = await rowgate.database.endpoint.owner(
      `select count(*) from rowgate.audit_log where user_id = 'bea'`,
    )
    expect(rows).toEqual([['2']])
  })

  test('reads, refusals and failures are there too, after the answer, with their outcome and ids', async () => {
    await rowgate.call('cy', 'list_tasks', {}, OWN)
    await rowgate.settled()
    await rowgate.call('cy', 'get_task', { task_id: NO_SUCH_ID }, OWN)
    await rowgate.settled()
    await rowgate.call('cy', 'update_task', { task_id: NO_SUCH_ID, title: 'x' }, OWN)
    await rowgate.settled()
    await rowgate.call('cy', 'add_task', { title: '' }, OWN)
    expect(await calls('cy')).toEqual([
      'add_task VALIDATION_ERROR',
      // The transaction went through and changed nothing; the answer was an error.
      'update_task NOT_FOUND',
      'update_task success',
      'get_task NOT_FOUND',
      'list_tasks success',
    ])
    const [named] = await activity('cy', { tool: 'get_task' })
    expect(named).toMatchObject({ targets: [NO_SUCH_ID], target_count: 1 })
    expect(await calls('cy', { outcome: 'error', tool: 'add_task' })).toEqual(['add_task VALIDATION_ERROR'])
    expect(await calls('cy', { outcome: 'success', tool: 'list_tasks' })).toEqual(['list_tasks success'])
  })

  test('a write that is rolled back leaves a row that says so, and none that says success', async () => {
    await rowgate.database.endpoint.owner(`alter table tasks add constraint no_cats check (title <> 'cat')`)
    await rowgate.call('dot', 'add_task', { title: 'cat' }, OWN)
    expect(await calls('dot')).toEqual(['add_task VALIDATION_ERROR'])
    await rowgate.database.endpoint.owner('alter table tasks drop constraint no_cats')
  })

  test('the log pages by cursor without gap or repeat, and filters by time', async () => {
    for (const title of ['1', '2', '3', '4', '5']) await rowgate.call('eli', 'add_task', { title }, OWN)
    const seqs = (await activity('eli')).map(({ seq }) => seq)
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await rowgate.call(
        'eli',
        'list_activity',
        {
          ...{ tool: 'add_task', limit: 2, until: '2999-01-01T00:00:00Z' },
          ...(cursor !== undefined && { cursor }),
        },
        OWN,
      )
      seen.push(...page.data.rows.map((row: unknown[]) => row[0]))
      cursor = page.data.next_cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(seqs.slice(-5))
    expect(await calls('eli', { since: '2999-01-01T00:00:00Z' })).toEqual([])
  })

  test("nobody sees another's calls without audit:read, and nobody another tenant's with it", async () => {
    await rowgate.call('fay', 'add_task', { title: 'f' }, { ...OWN, tenant: 'acme' })
    await rowgate.call('gus', 'add_task', { title: 'g' }, { ...OWN, tenant: 'acme' })
    await rowgate.call('hal', 'add_task', { title: 'h' }, { ...OWN, tenant: 'rival' })
    const seen = async (user: string, grant: object, filter: object = {}) =>
      new Set((await activity(user, { tool: 'add_task', ...filter }, grant)).map((row) => row.user))
    expect(await seen('fay', { ...OWN, tenant: 'acme' })).toEqual(new Set(['fay']))
    expect(await seen('fay', { ...OWN, tenant: 'acme' }, { user: 'gus' })).toEqual(new Set())
    expect(await seen('fay', { ...AUDITOR, tenant: 'acme' })).toEqual(new Set(['fay', 'gus']))
    expect(await seen('hal', { ...AUDITOR, tenant: 'rival' })).toEqual(new Set(['hal']))
    // The same name in another tenant is another person.
    expect(await seen('fay', { ...OWN, tenant: 'rival' })).toEqual(new Set())
  })

  test.each([
    { cursor: '0' },
    { cursor: "1' or true --" },
    { since: 'yesterday' },
    { limit: 201 },
    { user_id: 'ada' },
  ])('%j is refused', async (filter) => {
    const { error } = await rowgate.call('ivy', 'list_activity', filter, OWN)
    expect(error?.code).toBe('VALIDATION_ERROR')
  })

  test("no caller's ids are so many and so long that others' rows are lost beside them", async () => {
    // As signed, a row of these is some 160 kB, and what is sent at once may be 4 MiB.
    const ids = Array.from({ length: 101 }, (_, index) => `${index}${'漢'.repeat(300)}`)
    const tenant = { ...OWN, tenant: 'wide' }
    await Promise.all([
      rowgate.call('meek', 'list_tasks', {}, tenant),
      ...Array.from({ length: 50 }, (_, index) => rowgate.call(`loud ${index}`, 'get_task', { ids }, tenant)),
      rowgate.call('last', 'list_tasks', {}, tenant),
    ])
    await rowgate.settled()
    const { rows } =
      await rowgate.database.endpoint.owner(`select count(*), count(distinct user_id), max(target_count)
      from rowgate.audit_log where tenant_id = 'wide'`)
    expect(rows).toEqual([['52', '52', '101']])
  })

  test('a text of any script keeps its letters', async () => {
    const user = 'zoë 漢字 \u{1f600} "\\'
    await rowgate.call(user, 'get_task', { task_id: 'é\u{1f600}' }, OWN)
    expect(await activity(user)).toMatchObject([{ user, targets: ['é\u{1f600}'] }])
  })

  test('parallel writes and reads of several tenants make whole chains, and none is lost', async () => {
    const tenants = ['t1', 't2', 't3']
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        rowgate.call(
          `u${index % 7}`,
          index % 2 === 0 ? 'add_task' : 'list_tasks',
          index % 2 === 0 ? { title: 'x' } : {},
          { ...OWN, tenant: tenants[index % 3] ?? '' },
        ),
      ),
    )
    await rowgate.settled()
    const { rows } = await rowgate.database.endpoint.owner(`select tenant_id, count(*), max(l.seq), min(h.seq)
      from rowgate.audit_log l join rowgate.audit_heads h using (tenant_id)
      where tenant_id like 't_' group by tenant_id order by tenant_id`)
    expect(rows).toEqual(tenants.map((tenant) => [tenant, '20', '20', '20']))
  })
})
