/**
 * A write whose client cannot ask its user happens after the same user has approved it at the console, once;
 * the agent that asked can approve nothing.
 */

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { toolsets as core } from '../../../src/toolsets/index.ts'
import { ISSUES_LOCK, ISSUES_SCHEMA } from '../../support/fixtures/issues.ts'
import { type Envelope, type Grant, ORIGIN, startRowgate } from '../../support/product/rowgate.ts'
import { type RowgateOfSources, startSources } from '../../support/product/sources.ts'
import { anyDatabase, letIn, startEmbedded } from '../../support/servers/databases.ts'

const AGENT = { client: 'an agent', tenant: 'acme', scopes: ['rows:read', 'rows:write', 'activity:read'] }
const CONSOLE_ID = 'console-1'
const APPROVALS = ['approvals:read', 'approvals:write']
const CONSOLE = { client: CONSOLE_ID, tenant: 'acme', scopes: APPROVALS }
const TOO_MANY = 51

const ALWAYS = { insert: 'always', update: 'always', delete: 'always' } as const
const lock = { ...ISSUES_LOCK, tables: ISSUES_LOCK.tables.map((table) => ({ ...table, confirm: ALWAYS })) }

describe.each(anyDatabase)('approvals on $engine', ({ start }) => {
  let rowgate: RowgateOfSources
  beforeAll(async () => {
    const sql = `${ISSUES_SCHEMA};
      insert into app.projects values (1, 'acme', 'rockets');
      insert into app.issues (id, org_id, project_id, title) values (101, 'acme', 1, 'fix it'), (103, 'acme', 1, 'old');`
    rowgate = await startSources({ main: { sql, lock } }, { start, env: { CONSOLE_CLIENT_ID: CONSOLE_ID } })
  })
  afterAll(() => rowgate.close())

  const asAgent = (tool: string, args: object, grant: Grant = AGENT, user = 'alice') =>
    rowgate.call(user, tool, { ...args }, grant)
  const insert = (title: string, grant: Grant = AGENT, user = 'alice') =>
    asAgent('insert_row', { table: 'issues', values: { title } }, grant, user)
  const list = async (grant: Grant = CONSOLE, user = 'alice') =>
    (await rowgate.call(user, 'list_approvals', {}, grant)).data.approvals
  const decide = (id: string, approve = true, grant: Grant = CONSOLE, user = 'alice') =>
    rowgate.call(user, 'decide_approval', { id, approve }, grant)

  async function owner(sql: string): Promise<string[]> {
    const { rows = [] } = (await rowgate.databases.main?.endpoint.owner(sql)) ?? {}
    return rows.map((row) => String([...row][0]))
  }
  const countOf = (title: string) => owner(`select count(*) from app.issues where title = '${title}'`)

  /** The id in the link that the agent was given. */
  function asked({ error }: Envelope): string {
    expect(error?.code).toBe('CONFIRMATION_REQUIRED')
    const link = /http:\S+$/.exec(error?.message ?? '')?.[0] ?? ''
    expect(link).toMatch(/^http:\/\/localhost\/console\/#\/approvals\/[\da-f-]{36}$/)
    return link.slice(-36)
  }

  test('what was approved happens when the agent calls again, and once', async () => {
    const id = asked(await insert('approved'))
    expect(asked(await insert('approved'))).toBe(id)
    expect(await countOf('approved')).toEqual(['0'])
    expect(await list()).toMatchObject([
      {
        ...{ id, tool: 'insert_row', client: 'an agent', state: 'waiting' },
        question: 'Add a row to issues with title "approved"?',
        arguments: '{"table":"issues","values":{"title":"approved"}}',
        rows: { columns: ['title'], before: null, after: ['approved'] },
      },
    ])
    expect((await decide(id)).data).toMatchObject({ id, state: 'approved' })
    const first = await insert('approved')
    expect(first.data.row).toMatchObject({ title: 'approved' })
    expect((await insert('approved')).data).toEqual(first.data)
    expect(await countOf('approved')).toEqual(['1'])
    expect((await list())[0]).toMatchObject({ id, state: 'used' })
  })

  test('the rows before and after are shown whole, and a row that has changed since is asked about anew', async () => {
    const long = 'x'.repeat(39)
    const update = (title: string) => asAgent('update_row', { table: 'issues', key: 101, values: { title } })
    const id = asked(await update(long))
    const { rows } = (await list()).find((each: { id: string }) => each.id === id)
    const at = rows.columns.indexOf('title')
    expect([rows.before[at], rows.after[at]]).toEqual(['fix it', long])
    expect(rows.before[rows.columns.indexOf('id')]).toBe(101)
    await decide(id)
    await owner(`update app.issues set title = 'meanwhile' where id = 101`)
    expect(asked(await update(long))).not.toBe(id)
    expect(await owner('select title from app.issues where id = 101')).toEqual(['meanwhile'])
  })

  test('a change at the end of a long text is shown, and so are arguments that are cut', async () => {
    const same = 'long '.repeat(10_000)
    await owner(`update app.issues set body = '${same}old' where id = 103`)
    const body = `${same}new`
    const id = asked(await asAgent('update_row', { table: 'issues', key: 103, values: { body } }))
    const approval = (await list()).find((each: { id: string }) => each.id === id)
    expect(approval.rows.columns[0]).toBe('body')
    expect(approval.rows.before[0]).toMatch(/^….{40}old$/)
    expect(approval.rows.after[0]).toMatch(/^….{40}new$/)
    expect(approval.arguments).toMatch(/^\{"table":"issues","key":103,"values":\{"body":"long .*…$/)
    expect(approval.arguments).toHaveLength(20_001)
  })

  test('an approval is for no other arguments and no other tool', async () => {
    const id = asked(await insert('these'))
    await decide(id)
    expect(asked(await insert('others'))).not.toBe(id)
    asked(await asAgent('insert_row', { table: 'log', values: { line: 'these' } }))
    asked(await asAgent('delete_row', { table: 'issues', key: 103 }))
    expect(await countOf('others')).toEqual(['0'])
  })

  test('an approval is for the client that asked', async () => {
    await decide(asked(await insert('of one agent')))
    asked(await insert('of one agent', { ...AGENT, client: 'another agent' }))
    expect(await countOf('of one agent')).toEqual(['0'])
  })

  test.each([
    ['another user', CONSOLE, 'bob'],
    ['a user of that name in another tenant', { ...CONSOLE, tenant: 'globex' }, 'alice'],
  ] as const)('%s neither sees it nor approves it', async (who, grant, user) => {
    const id = asked(await insert(`seen by ${who}`))
    expect(JSON.stringify(await list(grant, user))).not.toContain(id)
    expect((await decide(id, true, grant, user)).error?.code).toBe('NOT_FOUND')
    asked(await insert(`seen by ${who}`))
  })

  test('one that is refused is not done, and a decision stands', async () => {
    const id = asked(await insert('refused'))
    await decide(id, false)
    expect((await decide(id, true)).data.state).toBe('refused')
    expect((await insert('refused')).error).toMatchObject({ code: 'AUTHORIZATION_ERROR' })
    expect(await countOf('refused')).toEqual(['0'])
  })

  test('one that has expired is neither listed nor approved, and an approval that has is asked for anew', async () => {
    const expire = (id: string) =>
      owner(`update rowgate.approvals set expires_at = now() - interval '1 s' where id = '${id}'`)
    const id = asked(await insert('expired'))
    await expire(id)
    expect(JSON.stringify(await list())).not.toContain(id)
    expect((await decide(id)).error?.code).toBe('NOT_FOUND')
    const again = asked(await insert('expired'))
    await decide(again)
    await expire(again)
    expect(asked(await insert('expired'))).not.toBe(again)
    expect(await countOf('expired')).toEqual(['0'])
  })

  test('an approval ends ten minutes after it was given', async () => {
    const id = asked(await insert('ten minutes'))
    await owner(`update rowgate.approvals set expires_at = now() + interval '5 s' where id = '${id}'`)
    const { data } = await decide(id)
    const [seconds] = await owner(
      `select extract(epoch from '${data.expires_at}'::timestamptz - now())::integer`,
    )
    expect(Number(seconds)).toBeGreaterThan(590)
    expect(Number(seconds)).toBeLessThanOrEqual(600)
  })

  const AGENTS: readonly (readonly [string, Grant])[] = [
    ['of the agent', { ...AGENT, scopes: [...AGENT.scopes, ...APPROVALS] }],
    ['of another client', { ...CONSOLE, client: 'third' }],
    ['of a client that is called almost like the console', { ...CONSOLE, client: 'Console-1' }],
    ['that names no client', { tenant: 'acme', scopes: APPROVALS }],
  ]
  test.each(AGENTS)('a token %s has no tool to approve with, whatever its scopes', async (_, grant) => {
    const id = asked(await insert('by an agent'))
    const client = await rowgate.client('alice', grant)
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('decide_approval')
    for (const name of ['decide_approval', 'list_approvals']) {
      const call = client.callTool({
        name,
        arguments: name === 'decide_approval' ? { id, approve: true } : {},
      })
      await expect(call).rejects.toThrow('Unknown tool')
    }
    await client.close()
    asked(await insert('by an agent'))
  })

  test('the console needs the scope, and its tools are hidden from models', async () => {
    const client = await rowgate.client('alice', CONSOLE)
    const { tools } = await client.listTools()
    expect(tools.map(({ name, _meta }) => [name, _meta])).toEqual(
      ['list_approvals', 'decide_approval'].map((name) => [name, { ui: { visibility: ['app'] } }]),
    )
    await client.close()
    const without = await rowgate.client('alice', { ...CONSOLE, scopes: ['rows:write'] })
    await expect(without.callTool({ name: 'list_approvals', arguments: {} })).rejects.toThrow()
    await without.close()
    const reading = await rowgate.client('alice', { ...CONSOLE, scopes: ['approvals:read'] })
    expect((await reading.listTools()).tools.map(({ name }) => name)).toEqual(['list_approvals'])
    await reading.close()
  })

  test('the scope is in no challenge of a 401', async () => {
    const response = await rowgate.fetch(`${ORIGIN}/mcp`, { method: 'POST' })
    expect(response.headers.get('www-authenticate')).toContain('rows:read')
    expect(response.headers.get('www-authenticate')).not.toContain('approvals')
  })

  test('the console cannot approve what it asked for itself', async () => {
    const grant = { ...CONSOLE, scopes: ['rows:write', ...APPROVALS] }
    const id = asked(await insert('by the console', grant))
    expect((await decide(id, true, grant)).error).toMatchObject({ code: 'AUTHORIZATION_ERROR' })
    asked(await insert('by the console', grant))
  })

  test('both calls and the decision are in the audit log, the write with its row', async () => {
    const id = asked(await insert('audited'))
    await decide(id)
    const { data: written } = await insert('audited')
    await rowgate.settled()
    const { data } = await rowgate.call('alice', 'list_activity', { limit: 3 }, AGENT)
    const of = (name: string) => data.rows.map((row: unknown[]) => row[data.columns.indexOf(name)])
    expect(of('tool')).toEqual(['insert_row', 'decide_approval', 'insert_row'])
    expect(of('outcome')).toEqual(['success', 'success', 'CONFIRMATION_REQUIRED'])
    expect(of('targets')).toEqual([[`issues/${written.row.id}`], [`approvals/${id}`], ['issues']])
  })

  test("a caller's SQL reaches neither the table nor its functions", async () => {
    const grant = { ...CONSOLE, client: 'an agent', scopes: ['sql:read', ...APPROVALS] }
    for (const sql of [
      'select * from rowgate.approvals',
      'select rowgate.list_approvals()',
      `select rowgate.decide_approval('00000000-0000-0000-0000-000000000000', true, 'x')`,
    ]) {
      expect((await rowgate.call('alice', 'query', { sql }, grant)).error?.code).toBe('QUERY_REJECTED')
    }
  })

  test('a caller has fifty at most', async () => {
    for (let at = 0; at < TOO_MANY - 1; at += 1) asked(await insert(`one of many ${at}`, AGENT, 'carol'))
    expect((await insert('one too many', AGENT, 'carol')).error?.code).toBe('RATE_LIMITED')
  })
})

test('an approval is for the source that was asked about', async () => {
  const sql = `${ISSUES_SCHEMA}; insert into app.projects values (1, 'acme', 'rockets')`
  const rowgate = await startSources(
    { one: { sql, lock }, other: { sql, lock } },
    { env: { CONSOLE_CLIENT_ID: CONSOLE_ID } },
  )
  onTestFinished(() => rowgate.close())
  const grant = { ...AGENT, scopes: [...AGENT.scopes, 'one:read', 'other:read'] }
  const insert = (source: string) =>
    rowgate.call('alice', 'insert_row', { source, table: 'issues', values: { title: 'here' } }, grant)
  const { error } = await insert('one')
  await rowgate.call('alice', 'decide_approval', { id: error?.message.slice(-36), approve: true }, CONSOLE)
  expect((await insert('other')).error?.code).toBe('CONFIRMATION_REQUIRED')
  expect((await insert('one')).status).toBe('success')
})

test('maintenance, which has no idempotency key, is approved for one run, and the next one is asked about', async () => {
  const database = await startEmbedded()
  await database.endpoint.owner(letIn('postgres'))
  const rowgate = await startRowgate({
    database: async () => database,
    env: { DATABASE_OWNER_URL: database.url('postgres'), CONSOLE_CLIENT_ID: CONSOLE_ID },
  })
  onTestFinished(() => rowgate.close())
  const operation = { operation: 'analyze', table: 'rowgate.audit_log' }
  const run = () => rowgate.call('root', 'admin_database_operation', operation, { scopes: ['admin'] })
  const idOf = ({ error }: Envelope) =>
    /approvals\/(\S{36})$/.exec(error?.message ?? '')?.[1] ?? error?.code ?? ''
  const approve = (id: string) =>
    rowgate.call('root', 'decide_approval', { id, approve: true }, { client: CONSOLE_ID, scopes: APPROVALS })

  const first = idOf(await run())
  expect((await approve(first)).data.question).toBe('Run analyze on rowgate.audit_log now, as the owner?')
  expect(await run()).toMatchObject({ status: 'success', data: operation })
  const second = idOf(await run())
  expect(second).toMatch(/^[\da-f-]{36}$/)
  expect(second).not.toBe(first)
  expect(idOf(await run())).toBe(second)
  await approve(second)
  expect((await run()).status).toBe('success')
})

test('where the tools of approvals are not served, no link leads to them', async () => {
  const toolsets = core.filter(({ name }) => name !== 'approvals')
  const sql = `${ISSUES_SCHEMA}; insert into app.projects values (1, 'acme', 'rockets')`
  const rowgate = await startSources(
    { main: { sql, lock } },
    { toolsets, env: { CONSOLE_CLIENT_ID: CONSOLE_ID } },
  )
  onTestFinished(() => rowgate.close())
  const values = { title: 'asked of nobody' }
  const { error } = await rowgate.call('alice', 'insert_row', { table: 'issues', values }, AGENT)
  expect(error).toMatchObject({ code: 'CONFIRMATION_REQUIRED', message: expect.not.stringContaining('http') })
})
