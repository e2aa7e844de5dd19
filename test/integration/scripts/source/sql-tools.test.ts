/** The rows tools and SQL tools over views that `up` has made: its grants, its defaults, its lookup. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planSource } from '../../../../scripts/operate/source/source-plan.ts'
import type { SourceLock } from '../../../../src/infra/config/lock-file.ts'
import { type RowgateOfSources, startSources } from '../../../support/product/sources.ts'
import { startDatabase, type TestDatabase } from '../../../support/servers/databases.ts'
import { postgres15Missing } from '../../../support/servers/postgres15.ts'
import { APP } from './app.ts'
import { appSource, ONE, ROWS, TWO } from './app-source.ts'

const FILES = {
  open_issues: `-- description: Open issues of a project
-- param project: The project
-- param me from user.member_id:
select id, title, reporter_id = :me as mine from issues where project_id = :project and status = 'open' order by id`,
  close_issue: `-- description: Closes an issue
-- writes: true
-- param issue bigint: The issue
update issues set status = 'done' where id = :issue returning id, status`,
  wrong: '-- description: Reads what is not there\nselect salary from issues',
  wrong_write: `-- description: Writes what is not there
-- writes: true
-- param issue bigint: The issue
update issues set missing = 1 where id = :issue returning id`,
}

describe.skipIf(postgres15Missing()).each(['views', 'policies'] as const)('made views, by %s', (enforce) => {
  let rowgate: RowgateOfSources
  let root: string
  let warnings: readonly string[] = []

  /** Does what `up` does: the application is the owner's, and the views are made over it. */
  async function made(database: TestDatabase): Promise<SourceLock> {
    const { owner } = database.endpoint
    await owner(APP)
    await owner(ROWS)
    const app = appSource(enforce)
    const tenant = { claim: 'tenant', type: 'uuid', column: 'org_id' } as const
    const identity = { ...app.identity, tenant }
    const common = { engine: 'postgres', connect: 'MAIN_DATABASE_URL', tools: '*.sql' } as const
    const file = { ...common, ...app, identity }
    const source = { name: 'main', file, root, lockPath: join(root, 'lock.json'), previous: undefined }
    const { views } = await planSource(owner, source)
    expect(views.refusals).toEqual([])
    await owner(views.statements.join('\n;\n'))
    warnings = views.warnings.map(({ said }) => said)
    return views.lock
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'rowgate-tools-'))
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(root, `${name}.sql`), text)
    const first = await startDatabase()
    const lock = await made(first)
    await first.close()
    const start = async () => {
      const database = await startDatabase()
      await made(database)
      return database
    }
    rowgate = await startSources({ main: { lock } }, { start })
  })
  afterAll(async () => {
    await rowgate.close()
    await rm(root, { recursive: true })
  })

  const call = (tool: string, args: object, user = 'alice', tenant = ONE) =>
    rowgate.call(user, tool, { ...args }, { tenant, scopes: ['rows:read', 'rows:write'] })

  test('a wrong file is named, and the others are served', () => {
    expect(warnings).toContainEqual(expect.stringMatching(/wrong\.sql:2: column "salary" does not exist/))
    expect(warnings).toContainEqual(
      expect.stringMatching(/wrong_write\.sql:4: `issues` does not take `missing`/),
    )
  })

  test('rows are found, added with the identity’s values, changed and deleted, each tenant its own', async () => {
    const found = await call('find_rows', { table: 'issues', columns: ['id', 'title'] })
    expect(found.error).toBe(undefined)
    expect(found.data.rows).toEqual([
      [2, 'second'],
      [1, 'first'],
    ])
    const { data } = await call('insert_row', { table: 'issues', values: { project_id: 1, title: 'new' } })
    expect(data.row).toMatchObject({ title: 'new', reporter_id: 1, status: 'open', title_length: 3 })
    const { id } = data.row
    const changed = await call('update_row', { table: 'issues', key: id, values: { status: 'in progress' } })
    expect(changed.data.row.status).toBe('in progress')
    const bob = { user: 'bob', tenant: TWO }
    const foreign = await call(
      'update_row',
      { table: 'issues', key: id, values: { title: 'x' } },
      bob.user,
      bob.tenant,
    )
    expect(foreign.error?.code).toBe('NOT_FOUND')
    const [theirs, none] = await Promise.all(
      [2, 999].map((project_id) =>
        call('insert_row', { table: 'issues', values: { project_id, title: 'x' } }),
      ),
    )
    expect(theirs?.error?.code).toBe('NOT_FOUND')
    expect(theirs?.error).toEqual(none?.error)
    const comment = await call('insert_row', { table: 'comments', values: { issue_id: id, text: 'hello' } })
    expect(comment.data.row.text).toBe('hello')
    const hidden = await call('insert_row', { table: 'comments', values: { issue_id: 3, text: 'hello' } })
    expect(hidden.error?.code).toBe('NOT_FOUND')
  })

  test('a mask cannot be filtered by its value, nor sorted by it', async () => {
    const by = (value: string) =>
      call('find_rows', { table: 'members', filter: [{ column: 'email', value }] })
    expect((await by('alice@one.example')).data.rows).toEqual([])
    expect((await by('a***@one.example')).data.row_count).toBe(1)
  })

  test('an SQL tool has the caller’s own attributes, and writes within the caller’s rows', async () => {
    const { data } = await call('open_issues', { project: 1 })
    expect(data.rows[0]).toEqual([1, 'first', true])
    expect((await call('open_issues', { project: 2 })).data.rows).toEqual([])
    expect((await call('close_issue', { issue: 2 })).data.rows).toEqual([[2, 'done']])
    expect((await call('close_issue', { issue: 3 })).data.rows).toEqual([])
  })
})
