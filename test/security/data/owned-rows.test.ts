/**
 * The connectors for engines without row security, on a real D1: whatever a toolset writes, it stays with its
 * caller.
 */

import { eq, type SQL, sql } from 'drizzle-orm'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { D1 } from '../../../src/data/d1/capability.ts'
import { createD1 } from '../../../src/data/d1/connector.ts'
import type { OwnedStatement } from '../../../src/data/owned-rows.ts'
import { readBindings } from '../../../src/infra/config/bindings.ts'
import { type EngineServer, startEngineServer } from '../../support/product/engine-server.ts'
import { absent } from '../../support/skip-without.ts'

const things = sqliteTable('things', {
  tenantId: text('tenant_id').notNull(),
  userId: text('user_id').notNull(),
  name: text().notNull().unique(),
})
const shared = sqliteTable('shared_things', {
  tenantId: text('tenant_id').notNull(),
  name: text().notNull(),
})
const nobodys = sqliteTable('nobodys', { name: text() })

describe.skipIf(absent('notebook'))('on D1', () => {
  let rowgate: EngineServer
  let open: (userId: string, tenantId?: string, over?: { signal?: AbortSignal; deadline?: number }) => D1
  beforeAll(async () => {
    rowgate = await startEngineServer({})
    const env = await rowgate.server.getWorker().getEnv()
    const { d1 } = readBindings(env)
    if (d1 === undefined) throw new Error('wrangler.toml brings a D1.')
    const connector = createD1(d1)
    open = (userId, tenantId = 'default', over = {}) =>
      connector(
        { userId, tenantId, scopes: new Set() },
        {
          signal: new AbortController().signal,
          deadline: Date.now() + 5_000,
          observe: () => undefined,
          ...over,
        },
      )
    await env.DB.batch(
      [
        'create table things (tenant_id text not null, user_id text not null, name text not null unique)',
        'create table shared_things (tenant_id text not null, name text not null)',
      ].map((statement) => env.DB.prepare(statement)),
    )
    await add('alice', 'hers')
    await add('bob', 'his')
  })
  afterAll(() => rowgate.close())

  const add = (user: string, name: string) => open(user).write((rows) => [rows.insertOnce(things, { name })])

  async function seen(user: string, where: SQL = sql`true`): Promise<string[]> {
    const [rows] = await open(user).read((of) => [of.select(things, { name: things.name }, { where })])
    return rows.map(({ name }) => name)
  }

  describe('a condition', () => {
    test.each<[string, SQL]>([
      ['that is always true', sql`true`],
      ['with an or outside parentheses', sql`false or true`],
      ['that names another owner', sql`user_id = 'bob' or true`],
      ['that ends in a comment', sql`true or true --`],
    ])('%s meets the caller’s rows only', async (_, where) => {
      expect(await seen('alice', where)).toEqual(['hers'])
      const [met] = await open('carol').write((rows) => [rows.update(things, { name: 'taken' }, where)])
      expect(met).toBe(0)
      const [removed] = await open('carol').write((rows) => [rows.remove(things, where)])
      expect(removed).toBe(0)
      expect(await seen('bob')).toEqual(['his'])
    })

    test('of a tenant’s table holds the tenant, and not the person', async () => {
      await open('alice').write((rows) => [rows.insertOnce(shared, { name: 'ours' })])
      const names = async (db: D1) => {
        const where = sql`true`
        const [found] = await db.read((rows) => [rows.select(shared, { name: shared.name }, { where })])
        return found
      }
      expect(await names(open('bob'))).toEqual([{ name: 'ours' }])
      expect(await names(open('alice', 'other'))).toEqual([])
    })
  })

  describe('an owner', () => {
    test('in the values of an insert or an update is the caller all the same', async () => {
      const forged = { name: 'forged', userId: 'bob', tenantId: 'other' }
      await open('mallory').write((rows) => [rows.insertOnce(things, forged)])
      expect(await seen('mallory')).toEqual(['forged'])
      const changes = { name: 'given away', userId: 'bob' }
      await open('mallory').write((rows) => [rows.update(things, changes, sql`true`)])
      expect(await seen('mallory')).toEqual(['given away'])
      expect(await seen('bob')).toEqual(['his'])
    })

    test('of a row with the same unique value keeps it as it is', async () => {
      await add('mallory', 'his')
      expect(await seen('mallory')).not.toContain('his')
      expect(await seen('bob')).toEqual(['his'])
    })

    test('must be named by the table', async () => {
      const table = nobodys as unknown as typeof shared
      const read = open('alice').read((rows) => [
        rows.select(table, { name: table.name }, { where: sql`true` }),
      ])
      await expect(read).rejects.toThrow('belongs to nobody')
    })
  })

  test('a statement is run by the call that made it, and nothing is run that no verb made', async () => {
    const smuggled = { toSQL: () => ({ sql: 'delete from things', params: [] }) }
    await expect(open('eve').write(() => [smuggled as never])).rejects.toThrow('made by the verbs')
    const kept: OwnedStatement<unknown>[] = []
    await open('bob').write((rows) => {
      kept.push(rows.remove(things, sql`true`))
      return [rows.select(things, { name: things.name }, { where: sql`true` })]
    })
    await expect(open('eve').write(() => [kept[0] as never])).rejects.toThrow('made by the verbs')
    expect(await seen('bob')).toEqual(['his'])
  })

  test('statements of one call are all done or none', async () => {
    const both = open('dora').write((rows) => [
      rows.insertOnce(things, { name: 'first' }),
      rows.update(things, { name: 'his' }, eq(things.name, 'first')),
    ])
    await expect(both).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await seen('dora')).toEqual([])
  })

  test('a call that is over or cancelled is not begun', async () => {
    const statement = { where: sql`true` }
    const read = (db: D1) => db.read((rows) => [rows.select(things, { name: things.name }, statement)])
    await expect(read(open('alice', 'default', { deadline: Date.now() }))).rejects.toMatchObject({
      code: 'QUERY_TIMEOUT',
    })
    const signal = AbortSignal.abort()
    await expect(read(open('alice', 'default', { signal }))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})
