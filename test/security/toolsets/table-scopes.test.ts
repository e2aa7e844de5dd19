/**
 * A table of a toolset is read by that toolset's scope, by whatever tool: `sql:read` alone is no other scope.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Toolset } from '../../../src/toolkit/tool.ts'
import { toolsets as core } from '../../../src/toolsets/index.ts'
import { createWorker } from '../../../src/worker.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { startDatabase } from '../../support/servers/databases.ts'

const payroll: Toolset = {
  name: 'payroll',
  title: 'Payroll',
  engine: 'postgres',
  tables: { 'payroll:read': ['public.wages', 'vault.*'] },
  tools: [],
}

let rowgate: Rowgate
beforeAll(async () => {
  const database = await startDatabase()
  await database.endpoint.owner(`
    create table public.wages (amount int primary key); insert into public.wages values (90000);
    create table public.open_wages (amount int references public.wages); insert into public.open_wages values (90000);
    create schema vault; create table vault.bonuses (amount int); insert into vault.bonuses values (7);
    grant usage on schema public, vault to "${database.login}";
    grant select on public.wages, public.open_wages, vault.bonuses to "${database.login}"`)
  rowgate = await startRowgate({
    database: async () => database,
    worker: createWorker({ toolsets: [...core, payroll] }),
    env: { SQL_SCHEMAS: 'public,vault' },
  })
})
afterAll(() => rowgate.close())

const SQL = { scopes: ['sql:read'] }
const BOTH = { scopes: ['sql:read', 'payroll:read'] }
const hidden = ['wages', 'public.wages', 'bonuses', 'vault.bonuses']

describe('without the scope', () => {
  test.each(hidden)('query refuses %s by name', async (name) => {
    const { error } = await rowgate.call('ann', 'query', { sql: `select amount from ${name}` }, SQL)
    expect([error?.code, error?.message]).toEqual([
      'QUERY_REJECTED',
      expect.stringMatching(/that you may read|names a table that does not exist/),
    ])
  })

  test.each(hidden)('explain_query refuses %s', async (name) => {
    const { error } = await rowgate.call('ann', 'explain_query', { sql: `select 1 from ${name}` }, SQL)
    expect(error?.code).toBe('QUERY_REJECTED')
  })

  test('descriptions do not have them, also after another caller has asked', async () => {
    const { data: known } = await rowgate.call('eve', 'list_tables', { pattern: 'wages' }, BOTH)
    const { data } = await rowgate.call('ann', 'list_tables', { pattern: 'wages' }, SQL)
    const { data: described } = await rowgate.call('ann', 'describe_tables', { tables: hidden }, SQL)
    const { data: found } = await rowgate.call('ann', 'search_schema', { words: 'wages and bonuses' }, SQL)
    expect(known.row_count).toBe(2)
    expect(data.rows.map(([name]: string[]) => name)).toEqual(['public.open_wages'])
    expect(described).toEqual({ tables: [], missing: hidden })
    expect(found).toMatchObject({ tables: ['public.open_wages'], joins: [] })
  })

  test('other tables are read as ever', async () => {
    const { data } = await rowgate.call('ann', 'query', { sql: 'select amount from open_wages' }, SQL)
    expect(data.rows).toEqual([[90000]])
  })
})

test.each(hidden)('with the scope query reads %s', async (name) => {
  const { data } = await rowgate.call('eve', 'query', { sql: `select count(*) from ${name}` }, BOTH)
  expect(data.rows).toEqual([[1]])
})
