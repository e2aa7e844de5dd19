/**
 * A database that is older than the Worker, or was never set up: UNAVAILABLE, not the caller's mistake, and
 * the log says what to run.
 */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Envelope, type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { lockOf, startSources, tableOf } from '../../../support/product/sources.ts'
import { startDatabase } from '../../../support/servers/databases.ts'

const MIGRATE = 'its operator has to run `npm run db:migrate`'

/** An answer with what was logged meanwhile. */
async function logged(work: () => Promise<Envelope>): Promise<{ answer: Envelope; lines: string }> {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  try {
    return { answer: await work(), lines: log.mock.calls.join('\n') }
  } finally {
    log.mockRestore()
  }
}

describe('a database without a rowgate.yaml', () => {
  let rowgate: Rowgate
  beforeEach(async () => {
    rowgate = await startRowgate({ env: { LOG_LEVEL: 'error' } })
  })
  afterEach(() => rowgate.close())

  test.each([
    ['that has no function to enter by', 'drop function rowgate.enter cascade', 'query'],
    ['that has none to limit plans by', 'drop function rowgate.limit_plan cascade', 'query'],
    ['that has no schema of ours', 'alter schema rowgate rename to old', 'query'],
    ['that has no function to enter by', 'drop function rowgate.enter cascade', 'list_tasks'],
    ['that has no table', 'drop table tasks', 'list_tasks'],
    ['that has no such column', 'alter table tasks drop column title cascade', 'list_tasks'],
    ['that has no function to audit by', 'drop function rowgate.audit cascade', 'add_task'],
  ])('%s is UNAVAILABLE, and logs what to run (%s, %s)', async (_, change, tool) => {
    await rowgate.database.endpoint.owner(change)
    const args = { query: { sql: 'select 1' }, add_task: { title: 'x' } }[tool] ?? {}
    const { answer, lines } = await logged(() => rowgate.call('alice', tool, args))
    expect(answer.error).toMatchObject({ code: 'UNAVAILABLE', retryable: false })
    expect(answer.error?.message).toContain(MIGRATE)
    expect(lines).toContain(MIGRATE)
  })

  test("a caller's own mistake stays theirs, and is not logged", async () => {
    for (const sql of ['select * from nowhere', 'select nothing from tasks', 'select lower(1, 2)']) {
      const { answer, lines } = await logged(() => rowgate.call('alice', 'query', { sql }))
      expect(answer.error?.code, sql).toBe('QUERY_REJECTED')
      expect(lines).toBe('')
    }
  })
})

test('a source is told the command of sources', async () => {
  const lock = lockOf([tableOf('tags', { id: 'integer' })])
  const sql =
    'create table public.tags (id int); create schema agent; create view agent.tags as select id from public.tags'
  const rowgate = await startSources({ app: { sql, lock } }, { start: startDatabase })
  await rowgate.databases.app?.endpoint.owner('drop function rowgate.enter cascade')
  const grant = { scopes: ['sql:read', 'rows:read'] }
  for (const [tool, args] of [
    ['query', { sql: 'select id from tags' }],
    ['find_rows', { table: 'tags' }],
  ] as const) {
    const { error } = await rowgate.call('ann', tool, args, grant)
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('npx rowgate up') })
  }
  await rowgate.close()
})
