/** Writes that happen once, and what they report to the audit log. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signed } from '../../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../../src/infra/identity-key.ts'
import {
  databases,
  IDENTITY_KEY,
  type Statement,
  type TestDatabase,
} from '../../../support/servers/databases.ts'

describe.each(databases)('rowgate.once, on $engine', ({ start }) => {
  let db: TestDatabase
  const as = async (userId: string, statements: readonly Statement[], access = 'write') => {
    const claims = {
      sub: userId,
      tenant: 'default',
      scopes: [],
      claims: { region: 'north' },
      exp: Date.now() / 1000 + 60,
    }
    const seal = await signed('seal', claims, await importIdentityKey(IDENTITY_KEY))
    return db.transaction([['select rowgate.enter($1, $2, $3)', [seal, access, 5_000]], ...statements])
  }
  const once = (key: string, hash = 'h1', tool = 'insert_row'): Statement => [
    'select rowgate.once($1, $2, $3, $4) as it',
    ['app', tool, key, hash],
  ]
  const done = (key: string, result: unknown): Statement => [
    'select rowgate.once_done($1, $2, $3, $4)',
    ['app', 'insert_row', key, JSON.stringify(result)],
  ]
  beforeAll(async () => {
    db = await start()
  })
  afterAll(() => db.close())

  test('lets a key through once, and then answers what was kept', async () => {
    expect(await as('alice', [done('k', { id: 6 }), once('k')])).toEqual([{ it: null }])
    expect(await as('alice', [once('k')])).toEqual([{ it: {} }])
    expect(await as('alice', [once('k2'), done('k2', { id: 7 }), once('k2')])).toEqual([{ it: { id: 7 } }])
    expect(await as('alice', [done('k2', { id: 8 }), once('k2')])).toEqual([{ it: { id: 7 } }])
  })

  test('refuses the same key with other arguments', async () => {
    await as('alice', [once('k3')])
    expect(await as('alice', [once('k3', 'h2')])).toBe('RG005')
    expect(await as('alice', [once('k3')])).toEqual([{ it: {} }])
  })

  test("keeps each caller's and each tool's keys apart", async () => {
    await as('alice', [once('k4'), done('k4', { id: 1 })])
    expect(await as('bob', [once('k4', 'h2')])).toEqual([{ it: null }])
    expect(await as('alice', [once('k4', 'h2', 'update_row')])).toEqual([{ it: null }])
  })

  test('forgets a key that was rolled back, and one that is a day old', async () => {
    expect(await as('alice', [once('k5'), ['select 1 / 0']])).toBe('22012')
    expect(await as('alice', [once('k5')])).toEqual([{ it: null }])
    await db.endpoint.owner("update rowgate.once set at = now() - interval '25 hours' where key = 'k5'")
    expect(await as('alice', [once('k5', 'h2')])).toEqual([{ it: null }])
  })

  test('is refused in a transaction that was entered to read, and outside of one', async () => {
    expect(await as('alice', [once('k6')], 'read')).toBe('42501')
    expect(await db.transaction([once('k6')])).toBe('42501')
    expect(await db.transaction([['select rowgate.written($1, $2)', ['issues', ['1']]]])).toBe('42501')
    expect(await db.transaction([['select * from rowgate.once']])).toBe('42501')
  })

  test('the rows that a statement reports reach the audit row, a hundred at most', async () => {
    const report: Statement = [
      "select rowgate.written('issues', array(select n::text from generate_series(1, 150) as n)) as it",
    ]
    const touched: Statement = ["select current_setting('rowgate.touched')::jsonb as it"]
    expect(await as('alice', [report])).toEqual([{ it: 150 }])
    const rows = await as('alice', [["select rowgate.written('notes', '{a/b}')"], report, touched])
    const [{ it } = {}] = typeof rows === 'string' ? [] : rows
    expect(it).toMatchObject({ count: 151 })
    const { ids } = it as { ids: string[] }
    expect(ids.slice(0, 2)).toEqual(['notes/a/b', 'issues/1'])
    expect(ids).toHaveLength(100)
  })

  test("a further claim is the seal's, refused where it has none, and null without a seal", async () => {
    const [region, other]: Statement[] = [
      ["select rowgate.claim('region') as region"],
      ["select rowgate.claim('other') as other"],
    ]
    if (region === undefined || other === undefined) throw new Error('There are two.')
    expect(await as('alice', [region], 'read')).toEqual([{ region: 'north' }])
    expect(await as('alice', [other], 'read')).toBe('RG008')
    expect(await db.transaction([other])).toEqual([{ other: null }])
  })

  test('a hash of a value is equal for equal values, and needs the key', async () => {
    const rows = await as('alice', [
      [
        `select rowgate.mask_hash('a') = rowgate.mask_hash('a') as same, rowgate.mask_hash('a') = rowgate.mask_hash('b') as other,
        length(rowgate.mask_hash('a')) as length, rowgate.mask_hash(null) as nothing,
        rowgate.mask_hash('a') = left(encode(sha256('a'), 'hex'), 16) as plain`,
      ],
    ])
    expect(rows).toEqual([{ same: true, other: false, length: 16, nothing: null, plain: false }])
  })
})
