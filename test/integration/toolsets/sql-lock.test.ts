/** The SQL tools over a source with a lock: they tell what the lock says, and name its views alone. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockOf, type RowgateOfSources, startSources, tableOf } from '../../support/product/sources.ts'

const APP = `
  create type public.state as enum ('open', 'closed');
  create table public.projects (id int primary key, title text not null);
  create table public.issues (id int primary key, project_id int references public.projects, state public.state,
    reporter_email text, tenant text not null);
  create table public.salaries (member_id int, amount int);
  create table public."Order" (id int primary key);
  insert into public.projects values (1, 'Alpha'), (2, 'Beta');
  insert into public.issues select n, 1 + n % 2, 'open', 'ann' || n || '@example.com', 'acme' from generate_series(1, 300) n;
  insert into public.issues select n, 1, 'open', 'bob@example.com', 'globex' from generate_series(301, 900) n;
  insert into public.salaries values (1, 90000);
  create schema agent;
  create view agent.projects with (security_barrier) as select id, title from public.projects;
  create view agent.issues with (security_barrier) as
    select id, project_id, state, left(reporter_email, 1) || '***' as reporter_email
    from public.issues where tenant = (select rowgate.tenant_id());
  create view agent.salaries with (security_barrier) as select amount from public.salaries;
  create view agent."Order" with (security_barrier) as select id from public."Order";
  create view agent.unlisted as select 1 as id;`

const issues = tableOf(
  'issues',
  { id: 'integer', project_id: 'integer', state: 'public.state', reporter_email: 'text' },
  {
    comment: 'What a customer reports, and its progress\nInternal: see wiki',
    rows: 'You see the rows whose `tenant` is your tenant.',
    references: [{ columns: ['project_id'], table: 'projects', to: ['id'] }],
    allow: ['find', 'get', 'update'],
    update: ['state'],
  },
)
const lock = lockOf([
  tableOf('Order', { id: 'integer' }),
  {
    ...issues,
    columns: issues.columns.map((column) => {
      if (column.name === 'state') return { ...column, values: ['open', 'closed'] }
      return column.name === 'reporter_email'
        ? { ...column, mask: 'mask(email)' as const, comment: 'Who wrote it' }
        : column
    }),
  },
  tableOf('projects', { id: 'integer', title: 'text' }),
  tableOf('salaries', { amount: 'integer' }, { scope: 'hr:read', comment: 'Wages' }),
])

let rowgate: RowgateOfSources
beforeAll(async () => {
  rowgate = await startSources({ app: { sql: APP, lock } })
})
afterAll(() => rowgate.close())

const reader = { tenant: 'acme', scopes: ['sql:read'] }
const hr = { tenant: 'acme', scopes: ['sql:read', 'hr:read'] }

test('list_tables has the views that the caller may read, as SQL spells them', async () => {
  const { data } = await rowgate.call('ann', 'list_tables', {}, reader)
  expect(data).toEqual({
    columns: ['name', 'kind', 'comment'],
    rows: [
      ['"Order"', 'table', null],
      ['issues', 'table', 'What a customer reports, and its progress'],
      ['projects', 'table', null],
    ],
    row_count: 3,
    truncated: false,
  })
  const all = await rowgate.call('ann', 'list_tables', { pattern: 'SALAR_ES' }, hr)
  expect(all.data?.rows).toEqual([['salaries', 'table', 'Wages']])
})

describe('describe_tables', () => {
  test('tells of masks, values, keys, join paths, rows and writes', async () => {
    const { data } = await rowgate.call(
      'ann',
      'describe_tables',
      { tables: ['agent.issues', 'PROJECTS'] },
      reader,
    )
    const [described, projects] = data.tables
    expect(described).toMatchObject({
      name: 'issues',
      keys: ['KEY (id)', 'FOREIGN KEY (project_id) REFERENCES projects (id)'],
      policies: ['You see the rows whose `tenant` is your tenant.', 'Writes: update of state'],
      indexes: [],
      column_count: 4,
    })
    const comments = described.columns.map(({ name, comment }: { name: string; comment: string }) => [
      name,
      comment,
    ])
    expect(comments).toEqual([
      ['id', null],
      ['project_id', null],
      ['state', 'One of: open, closed.'],
      ['reporter_email', 'Who wrote it. Masked (mask(email)): filters and sorting see the mask too.'],
    ])
    expect(projects.keys).toEqual(['KEY (id)', 'REFERENCED BY issues (project_id) ON (id)'])
  })

  test('does not tell a table of another scope from one that never was', async () => {
    const tables = ['salaries', 'wages', 'public.issues', 'unlisted']
    const { data } = await rowgate.call('ann', 'describe_tables', { tables }, reader)
    expect(data).toEqual({ tables: [], missing: tables })
  })
})

describe('query', () => {
  test.each(['issues', 'agent.issues'])('reads %s with its mask', async (name) => {
    const sql = `select count(*), max(reporter_email) from ${name}`
    const { data } = await rowgate.call('ann', 'query', { sql }, reader)
    expect(data.rows).toEqual([[300, 'a***']])
  })

  test.each([
    'salaries',
    'agent.salaries',
    'public.issues',
    'unlisted',
    'agent.unlisted',
    'rowgate.audit_log',
  ])('refuses %s as a table that is not there', async (name) => {
    const { error } = await rowgate.call('ann', 'query', { sql: `select 1 from ${name}` }, reader)
    expect(error?.code).toBe('QUERY_REJECTED')
    expect(error?.message).toContain(`There is no table \`${name}\` that you may read`)
  })

  test('reads a table of a scope with it', async () => {
    const { data } = await rowgate.call('ann', 'query', { sql: 'select amount from salaries' }, hr)
    expect(data.rows).toEqual([[90000]])
  })
})

describe('explain_query', () => {
  test.each([false, true])(
    'shows steps and views, no number that hidden rows move, analyze %s',
    async (analyze) => {
      const sql =
        'select p.title from issues i join projects p on p.id = i.project_id order by i.reporter_email'
      const { data } = await rowgate.call('ann', 'explain_query', { sql, analyze }, reader)
      const text = JSON.stringify(data.plan)
      expect(text).toContain('"table":"issues"')
      expect(text).not.toMatch(/public|tenant|reporter_email|rows|cost|width|filter|Index Name/i)
      expect(Object.keys(data)).toEqual(analyze ? ['execution_ms', 'plan'] : ['plan'])
    },
  )
})

describe('search_schema', () => {
  const search = async (words: string, grant = reader) =>
    (await rowgate.call('ann', 'search_schema', { words }, grant)).data

  test('finds a column by a synonym, an enum value, and how its tables join', async () => {
    expect(await search('closed issues per project')).toMatchObject({
      tables: expect.arrayContaining(['issues: What a customer reports, and its progress']),
      values: expect.arrayContaining(["issues.state = 'closed'"]),
      joins: ['issues.project_id = projects.id'],
    })
    expect((await search('mail address of the reporter')).columns[0]).toMatch(/^issues\.reporter_email text/)
  })

  test('knows nothing of what the caller may not see', async () => {
    const nothing = { tables: [], columns: [], values: [], joins: [] }
    expect(await search('salary')).toEqual(nothing)
    expect((await search('salary', hr)).tables).toEqual(['salaries: Wages'])
  })
})

test('what only the lock answers takes no round trip', async () => {
  const { endpoint } = rowgate.databases.app ?? {}
  await endpoint?.owner('alter schema agent rename to away')
  const calls = [
    await rowgate.call('ann', 'list_tables', {}, reader),
    await rowgate.call('ann', 'describe_tables', { tables: ['issues'] }, reader),
    await rowgate.call('ann', 'search_schema', { words: 'issues' }, reader),
  ]
  await endpoint?.owner('alter schema away rename to agent')
  expect(calls.map(({ status }) => status)).toEqual(['success', 'success', 'success'])
})
