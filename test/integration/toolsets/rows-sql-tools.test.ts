/** SQL tools of files: what a file may say, what Postgres says of it, and the tool that it becomes. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSqlTools, type SqlTools } from '../../../scripts/operate/source/sql-tools.ts'
import { askingClient } from '../../support/clients/asking-client.ts'
import { ACME, GLOBEX, ISSUES_LOCK, ISSUES_SCHEMA } from '../../support/fixtures/issues.ts'
import { type RowgateOfSources, startSources } from '../../support/product/sources.ts'
import { anyDatabase } from '../../support/servers/databases.ts'

const FILES: Readonly<Record<string, string>> = {
  due_issues: `-- title: Issues due
-- description: Open issues that are due before a day,
--   the earliest first.
-- param before: The day
-- param project integer optional: Only of this project
-- param who from user: ignored
-- annotations: open world

/* a comment; with ':nothing' in it */
select i.id, i.title, i.due, i.estimate, p.name as project, :who as who, 'a:b' as "odd "":name", labels[1:2] as labels
from issues i left join projects p on p.id = i.project_id
where i.due < :before and (:project is null or i.project_id = :project) and status = 'open' -- not :me
order by i.due, i.id;
`,
  counts: `-- description: How many issues there are by status
-- cache: 60
with s as (select status, count(*) from issues group by 1) select * from s order by 1`,
  add_votes: `-- description: Adds votes to an issue
-- writes: true
-- param issue bigint: The issue's id
-- param votes integer: How many
update issues set votes = votes + :votes where id = :issue returning id, votes`,
  reset_votes: `-- title: Reset votes
-- description: Sets the votes of issues that have at least so many to none
-- writes: true
-- confirm: over 1 rows
-- param least bigint: How many
update issues set votes = 0 where votes >= :least returning id`,
  remove_issue: `-- description: Removes an issue for good
-- writes: true
-- param issue bigint: The issue's id
delete from issues where id = :issue returning id`,
}

const WRONG: readonly (readonly [name: string, text: string, problem: RegExp])[] = [
  ['no_statement', '-- description: x\n', /:1: there is no statement/],
  ['no_description', 'select 1', /:1: it needs a line `-- description/],
  ['two', '-- description: x\nselect 1;\nselect 2', /:2: a file has one statement, and this one has 2/],
  ['grammar', '-- description: x\nselect 1\nfrom from', /:3: syntax error/],
  ['hidden_write', '-- description: x\nupdate issues set title = $$x$$', /:2: it writes, so its head needs/],
  [
    'cte_write',
    '-- description: x\nwith a as (delete from issues returning id) select * from a',
    /:2: it writes/,
  ],
  [
    'base_table',
    '-- description: x\nselect *\nfrom app.issues',
    /:3: name the view without a schema: `issues`/,
  ],
  ['catalogue', '-- description: x\nselect * from pg_class', /:2: there is no view `pg_class`/],
  ['misspelt', '-- description: x\nselect * from isues', /did you mean `issues`\?/],
  [
    'shadow',
    '-- description: x\nwith issues as (select 1 as a) select a from issues, log',
    /WITH must not be named `issues`/,
  ],
  ['undeclared', '-- description: x\nselect 1\nwhere :a = 1', /:3: `:a` has no line `-- param a/],
  ['unused', '-- description: x\n-- param a: y\nselect 1', /:2: the statement does not use `:a`/],
  ['dollar', '-- description: x\nselect $1', /:2: a parameter is written `:name`/],
  ['no_words', '-- description: x\n-- param a:\nselect :a::int', /:2: `a` needs a description/],
  ['forged', '-- description: x\n-- param a from admin: y\nselect :a', /:2: `from` is tenant, user/],
  [
    'unknown_key',
    '-- description: x\n-- titel: y\nselect 1',
    /:2: `titel` is not known here: did you mean `title`\?/,
  ],
  ['no_column', '-- description: x\nselect nothing from issues', /:2: .*column "nothing" does not exist/],
  [
    'untyped',
    '-- description: x\n-- param a: y\nselect :a is null',
    /:2: the type of `a` is not clear; write it/,
  ],
  [
    'cached_write',
    '-- description: x\n-- writes: true\n-- cache: 5\ndelete from issues returning id',
    /:3: what writes is not cached/,
  ],
  [
    'write_in_with',
    '-- description: x\n-- writes: true\nwith a as (delete from issues returning id) insert into issues (title) select id from a returning id',
    /:3: it writes once: no WITH of a write may write too/,
  ],
  [
    'confirmed_read',
    '-- description: x\n-- confirm: always\nselect id from issues',
    /:2: only what writes is confirmed/,
  ],
  [
    'confirmed_how',
    '-- description: x\n-- writes: true\n-- confirm: over 0 rows\ndelete from issues returning id',
    /:3: `confirm` is `always`, `never` or `over N rows`/,
  ],
  ['no_returning', '-- description: x\n-- writes: true\ndelete from issues', /:3: a write ends in RETURNING/],
  [
    'not_allowed',
    '-- description: x\n-- writes: true\ndelete from log returning line',
    /`log` does not allow delete/,
  ],
  ['utility', '-- description: x\n-- writes: true\ntruncate issues', /:3: the statement must be a SELECT/],
  ['find_rows', '-- description: x\nselect 1 as a', /:1: another tool is called `find_rows`/],
  [
    'twice_enum',
    `-- description: x\n-- param s: y\nselect id from issues where status = :s or status > :s`,
    /:2: `:s` is of the type app.status/,
  ],
]

describe.each(anyDatabase)('SQL tools on $engine', ({ start }) => {
  let rowgate: RowgateOfSources
  let good: SqlTools
  let bad: SqlTools

  beforeAll(async () => {
    const root = await mkdtemp(join(tmpdir(), 'rowgate-sql-tools-'))
    const described = await start()
    // The views need not be there: only the types of their columns are.
    await described.endpoint.owner('create schema app')
    await described.endpoint.owner(`create type app.status as enum ('open', 'closed')`)
    await described.endpoint.owner('create type app.place as (city text, floor integer)')
    for (const [name, text] of Object.entries(FILES))
      await writeFile(join(root, `good_${name}.sql`), `-- name: ${name}\n${text}`)
    for (const [name, text] of WRONG) await writeFile(join(root, `${name}.sql`), text)
    const confirm = { insert: 'never', update: 'never', delete: 'always' } as const
    const locked = ISSUES_LOCK.tables.map((table) => ({ ...table, confirm }))
    const tables = { tables: locked, viewSchema: 'agent', isMade: false }
    const common = { root, ...tables, owner: described.endpoint.owner }
    const file = { engine: 'postgres', connect: 'MAIN_DATABASE_URL' } as const
    good = await readSqlTools({ ...common, file: { ...file, tools: 'good_*.sql' } })
    bad = await readSqlTools({ ...common, file: { ...file, tools: '[a-z]*.sql' } })
    await described.close()
    await rm(root, { recursive: true })
    const sql = `${ISSUES_SCHEMA};
      insert into app.projects values (1, 'acme', 'rockets'), (2, 'globex', 'lasers');
      insert into app.issues (id, org_id, project_id, title, due, estimate, labels) values
        (1, 'acme', 1, 'one', '2026-03-01', 1.50, '{a,b,c}'), (2, 'acme', null, 'two', '2026-03-02', null, '{}'),
        (3, 'globex', 2, 'theirs', '2026-03-01', 9, '{}');`
    rowgate = await startSources({ main: { sql, lock: { ...ISSUES_LOCK, tools: good.tools } } }, { start })
  })
  afterAll(() => rowgate.close())

  const call = (tool: string, args: object, tenant = ACME) =>
    rowgate.call(
      'alice',
      tool,
      { ...args },
      { tenant, scopes: ['rows:read', 'rows:write', 'activity:read', 'projects:read'] },
    )

  test('a good file becomes a tool with the types that Postgres gives it', () => {
    expect(good.problems).toEqual([])
    expect(good.tools.find(({ name }) => name === 'due_issues')).toMatchObject({
      title: 'Issues due',
      description: 'Open issues that are due before a day, the earliest first.',
      parameters: [
        { name: 'before', type: 'date', description: 'The day' },
        { name: 'project', type: 'integer', optional: true },
        { name: 'who', type: 'text', from: 'user' },
      ],
      columns: [
        ...[
          { name: 'id', type: 'bigint' },
          { name: 'title', type: 'character varying(40)' },
          { name: 'due', type: 'date' },
        ],
        ...[
          { name: 'estimate', type: 'numeric(12,2)' },
          { name: 'project', type: 'text' },
          { name: 'who', type: 'text' },
        ],
        ...[
          { name: 'odd ":name', type: 'text' },
          { name: 'labels', type: 'text[]' },
        ],
      ],
    })
  })

  test.each(WRONG)(
    '%s.sql is named with its line and the reason, and the others are tools',
    (name, _, problem) => {
      expect(bad.problems.filter((each) => each.startsWith(`${name}.sql:`))).toEqual([
        expect.stringMatching(problem),
      ])
      expect(bad.tools.map((each) => each.name)).toEqual(good.tools.map((each) => each.name))
    },
  )

  test('it runs under the caller’s seal, and what is the identity’s is no argument', async () => {
    const { data } = await call('due_issues', { before: '2026-03-05' })
    expect(data.rows).toEqual([
      [1, 'one', '2026-03-01', '1.50', 'rockets', 'alice', 'a:b', ['a', 'b']],
      [2, 'two', '2026-03-02', null, null, 'alice', 'a:b', []],
    ])
    expect((await call('due_issues', { before: '2026-03-05', project: 1 })).data.row_count).toBe(1)
    expect((await call('due_issues', { before: '2026-03-05', project: 2 })).data.row_count).toBe(0)
    const forged = await call('due_issues', { before: '2026-03-05', who: 'bob' })
    expect(forged.error).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('`who`'),
    })
    const theirs = await call('due_issues', { before: '2026-03-05' }, GLOBEX)
    expect(theirs.data.rows.map((row: unknown[]) => row[1])).toEqual(['theirs'])
  })

  test('it is listed with the parameters that a model gives, and says what it answers', async () => {
    const client = await rowgate.client('alice', { tenant: ACME, scopes: ['rows:read', 'rows:write'] })
    const { tools } = await client.listTools()
    const listed = tools.find(({ name }) => name === 'due_issues')
    expect(listed?.inputSchema).toMatchObject({
      properties: { before: { type: 'string' }, project: { type: 'integer' } },
      required: ['before'],
      additionalProperties: false,
    })
    expect(listed?.annotations).toMatchObject({ readOnlyHint: true, openWorldHint: true })
    expect(JSON.stringify(listed?.outputSchema)).toContain('due (date)')
    expect(tools.find(({ name }) => name === 'add_votes')?.annotations?.readOnlyHint).not.toBe(true)
    await client.close()
  })

  test.each(["2026-03-05'; drop table app.issues; --", '2026-13-01', "' or true --", 7])(
    'a wrong value (%s) is an error that names the parameter',
    async (before) => {
      const { error } = await call('due_issues', { before })
      expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('`before`') })
    },
  )

  test('a write happens once for its key, within the caller’s rows, and is in the audit log', async () => {
    const vote = { issue: 1, votes: 2, idempotency_key: 'v1' }
    const first = await call('add_votes', vote)
    expect(first.data.rows).toEqual([[1, 2]])
    expect((await call('add_votes', vote)).data).toEqual(first.data)
    expect((await call('add_votes', { ...vote, votes: 3 })).error?.code).toBe('CONFLICT')
    expect((await call('add_votes', { issue: 1, votes: 1 })).data.rows).toEqual([[1, 3]])
    expect((await call('add_votes', { issue: 3, votes: 1 })).data.rows).toEqual([])
    const log = await call('list_activity', { tool: 'add_votes', outcome: 'success' })
    const targets = log.data.rows.map((row: unknown[]) => row[log.data.columns.indexOf('targets')])
    expect(targets).toContainEqual(['add_votes/1'])
  })

  describe('a write of more rows than go unasked', () => {
    const options = { tenant: ACME, scopes: ['rows:read', 'rows:write'] }
    const asking = (tool: string, more: object = {}) => askingClient(rowgate, options, { tool, ...more })
    const votes = async () =>
      (await call('find_rows', { table: 'issues', columns: ['id', 'votes'], order: ['id'] })).data.rows

    test('is not done by a client that cannot ask; of fewer rows it is', async () => {
      const before = await votes()
      expect(before).toHaveLength(2)
      expect((await call('reset_votes', { least: 0 })).error?.code).toBe('CONFIRMATION_REQUIRED')
      expect(await votes()).toEqual(before)
      expect((await call('reset_votes', { least: 1 })).data.rows).toEqual([[1]])
    })

    test('is asked about with its arguments and the number of rows, and done once after a yes', async () => {
      await call('add_votes', { issue: 2, votes: 5 })
      const no = await asking('reset_votes', { answer: { action: 'decline' } })
      expect((await no.call({ least: 0 })).error?.code).toBe('AUTHORIZATION_ERROR')
      expect(no.questions).toEqual(['Reset votes, with least 0? It writes 2 rows.'])
      expect(await votes()).toEqual([
        [1, 0],
        [2, 5],
      ])
      const yes = await asking('reset_votes')
      expect((await yes.call({ least: 0 })).data.rows).toHaveLength(2)
      expect(await votes()).toEqual([
        [1, 0],
        [2, 0],
      ])
    })

    test('is not done where it has become more rows since', async () => {
      const owner = rowgate.databases.main?.endpoint.owner
      const client = await asking('reset_votes', {
        onAsked: async () =>
          owner?.(`insert into app.issues (id, org_id, title, labels) values (4, 'acme', 'new', '{}')`),
      })
      expect((await client.call({ least: 0 })).error?.code).toBe('AUTHORIZATION_ERROR')
    })

    test('is a delete of one row, where the file says nothing else; another tenant’s is not asked about', async () => {
      expect((await call('remove_issue', { issue: 1 })).error?.code).toBe('CONFIRMATION_REQUIRED')
      expect((await call('remove_issue', { issue: 3 })).data.rows).toEqual([])
      const client = await asking('remove_issue')
      expect((await client.call({ issue: 1 })).data.rows).toEqual([[1]])
      expect(client.questions).toEqual(['Remove issue, with issue 1? It writes 1 row.'])
    })
  })
})
