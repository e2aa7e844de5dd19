/** A source whose database has changed since its lock: what is gone is UNAVAILABLE, the rest goes on. */

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { lockOf, type RowgateOfSources, startSources, tableOf } from '../../../support/product/sources.ts'

const APP = `
  create type public.state as enum ('open');
  create table public.notes (id int primary key, body text, state public.state);
  create table public.tags (id int primary key);
  create table public.files (name text, body bytea);
  insert into public.tags values (1);
  create schema agent;
  create view agent.notes as select id, body, state from public.notes;
  create view agent.tags as select id from public.tags;
  create view agent.files as select name, body from public.files;`

let rowgate: RowgateOfSources
beforeAll(async () => {
  const tables = [
    tableOf('notes', { id: 'integer', body: 'text', state: 'public.state' }),
    tableOf('tags', { id: 'integer' }),
    tableOf('files', { name: 'text', body: 'bytea' }),
  ]
  rowgate = await startSources({ app: { sql: APP, lock: lockOf(tables) } }, { env: { LOG_LEVEL: 'error' } })
})
afterAll(() => rowgate.close())

const grant = { scopes: ['sql:read', 'rows:read', 'system:health'] }
const query = (sql: string) => rowgate.call('ann', 'query', { sql }, grant)
const owner = (sql: string) => rowgate.databases.app?.endpoint.owner(sql)

async function health() {
  const response = await rowgate.fetch('http://localhost/health/database')
  return { status: response.status, body: await response.json() }
}

test('a new enum value and a new column break nothing, nor is a mistake of the caller drift', async () => {
  await owner("alter type public.state add value 'closed'")
  await owner('alter table public.notes add column secret text')
  await owner("insert into public.notes values (1, 'a', 'closed', 'x')")
  expect((await query('select state from notes')).data?.rows).toEqual([['closed']])
  for (const sql of [
    'select nothing from notes',
    'select t.id from notes n',
    'select notes.id from notes n',
  ]) {
    expect((await query(sql)).error?.code).toBe('QUERY_REJECTED')
  }
})

test('a view that is gone is UNAVAILABLE and logged, and health says so; others are read', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await owner('drop view agent.notes')
  const { error } = await query('select body from notes')
  const found = await rowgate.call('ann', 'find_rows', { table: 'notes' }, grant)
  const events = log.mock.calls.map(([line]) => JSON.parse(String(line)).event)
  log.mockRestore()
  expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('rowgate sync') })
  expect(found.error?.code).toBe('UNAVAILABLE')
  expect(events.filter((event) => event === 'schema_drift')).toHaveLength(1)
  expect((await query('select id from tags')).data?.rows).toEqual([[1]])
  expect(await health()).toMatchObject({
    status: 200,
    body: { status: 'degraded', sources: { app: { status: 'up', schema: 'changed' } } },
  })
})

test.each([
  ['a column', 'select name from public.files'],
  ['the type of a column', 'select name, length(body) as body from public.files'],
])(
  '%s that is gone is UNAVAILABLE to the rows tools, and the message has none of the SQL',
  async (_, view) => {
    await owner(
      `drop view agent.files; create view agent.files as ${view}; grant select on agent.files to public`,
    )
    const { error } = await rowgate.call('ann', 'find_rows', { table: 'files' }, grant)
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: false })
    expect(error?.message).toMatch(/^The source `app` no longer has what this needs/)
    expect(error?.message).not.toMatch(/body|line/)
  },
)
