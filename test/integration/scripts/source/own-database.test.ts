/**
 * A database of one's own from `rowgate init` to an agent's first answer. The application's own checks hold
 * before, during and after.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { down } from '../../../../scripts/operate/source/down.ts'
import { catalogueDump, checkCount, failedChecks } from '../../../support/databases/app-checks.ts'
import type { ForeignName } from '../../../support/databases/foreign.ts'
import { quietly, type ServedDatabase, serveForeignDatabase } from '../../../support/databases/served.ts'
import { postgres15Missing } from '../../../support/servers/postgres15.ts'

const ACME = 'a0000000-0000-4000-8000-000000000001'
const GLOBEX = 'b0000000-0000-4000-8000-000000000002'
const INITECH = 'c0000000-0000-4000-8000-000000000003'

async function takenDown(name: ForeignName, { database, places }: ServedDatabase) {
  await quietly(database, () => down({ ...places, yes: true, audit: false }))
  expect(await failedChecks(name, database)).toEqual([])
}

describe.skipIf(postgres15Missing())('a database of many tenants', () => {
  let served: ServedDatabase
  let before: string
  beforeAll(async () => {
    served = await serveForeignDatabase('fieldwork', {
      async before(database) {
        before = await catalogueDump(database)
        expect(await failedChecks('fieldwork', database)).toEqual([])
      },
    })
  })
  afterAll(() => served.close())

  async function rows(user: string, tenant: string, sql: string) {
    const { data, error } = await served.rowgate.call(user, 'query', { sql }, { tenant })
    return error?.code ?? data?.rows
  }

  test('answers an agent with the rows of its tenant', async () => {
    const sql = 'select count(*)::int from issues'
    expect(await rows('alice', ACME, sql)).toEqual([[1000]])
    expect(await rows('alice', GLOBEX, sql)).toEqual([[100]])
    expect(await rows('alice', INITECH, sql)).toEqual([[0]])
  })

  test('and of tables whose tenant is known by another', async () => {
    const sql = 'select (select count(*)::int from comments), (select count(*)::int from payments)'
    expect(await rows('alice', ACME, sql)).toEqual([[2000, 3]])
    expect(await rows('alice', INITECH, sql)).toEqual([[0, 0]])
  })

  test('masks what looks private, wherever it is used', async () => {
    const sql = 'select email, phone, born from members order by id limit 1'
    expect(await rows('alice', ACME, sql)).toEqual([['a***@acme.example', '***0101', 1980]])
    const where = "select count(*)::int from members where email = 'alice@acme.example'"
    expect(await rows('alice', ACME, where)).toEqual([[0]])
    expect(await rows('alice', ACME, 'select salary from members')).toBe('QUERY_REJECTED')
  })

  test.each([
    'select count(*) from notes',
    'select count(*) from api_keys',
    'select count(*) from public.issues',
  ])('refuses what the file does not open: %s', async (sql) => {
    expect(await rows('alice', ACME, sql)).toBe('QUERY_REJECTED')
  })

  test('a tenant that is none of the column’s type is the token’s fault', async () => {
    expect(await rows('alice', 'acme', 'select count(*) from issues')).toBe('AUTHORIZATION_ERROR')
  })

  test('the application’s own checks hold meanwhile', async () => {
    expect(await failedChecks('fieldwork', served.database)).toEqual([])
    expect(checkCount('fieldwork')).toBeGreaterThan(33)
  })

  test('and after `rowgate down`, which leaves the catalogue as it was, to the line', async () => {
    await takenDown('fieldwork', served)
    expect(await catalogueDump(served.database)).toBe(before)
  })
})

describe.skipIf(postgres15Missing())('the shape of a public application', () => {
  let served: ServedDatabase
  let before: string
  beforeAll(async () => {
    served = await serveForeignDatabase('supportdesk', {
      async before(database) {
        before = await catalogueDump(database)
      },
    })
  })
  afterAll(() => served.close())

  test('serves its accounts by a number, however wide their columns are', async () => {
    const sql = 'select (select count(*)::int from conversations), (select count(*)::int from labels)'
    const first = await served.rowgate.call('alice', 'query', { sql }, { tenant: '1' })
    expect(first.data?.rows).toEqual([[150, 2]])
    const third = await served.rowgate.call('alice', 'query', { sql }, { tenant: '3' })
    expect(third.data?.rows).toEqual([[0, 0]])
    expect(await failedChecks('supportdesk', served.database)).toEqual([])
  })

  test('and is as it was after `rowgate down`', async () => {
    await takenDown('supportdesk', served)
    expect(await catalogueDump(served.database)).toBe(before)
  })
})

describe.skipIf(postgres15Missing())('a database without tenants', () => {
  let served: ServedDatabase
  beforeAll(async () => {
    served = await serveForeignDatabase('recordshop')
  })
  afterAll(() => served.close())

  test('shows an employee their own customers, and the catalogue to whoever has its scope', async () => {
    const scopes = ['sql:read', 'app:read']
    const sql = 'select (select count(*)::int from customer), (select count(*)::int from track)'
    const bob = await served.rowgate.call('bob@shop.example', 'query', { sql }, { scopes })
    expect(bob.data?.rows).toEqual([[29, 400]])
    const nobody = await served.rowgate.client('nobody@shop.example', { scopes })
    const { structuredContent } = await nobody.callTool({ name: 'query', arguments: { sql } })
    expect(structuredContent).toMatchObject({ data: { rows: [[0, 400]] } })
    await nobody.close()
    expect(await failedChecks('recordshop', served.database)).toEqual([])
  })
})
