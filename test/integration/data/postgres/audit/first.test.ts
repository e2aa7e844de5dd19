/**
 * With AUDIT_FIRST a write to another engine than Postgres is in the audit log before it is anywhere else, or
 * not done.
 */

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { applyMySqlMigrations } from '../../../../../scripts/local/mysql/migrations.ts'
import { type GateProxy, startGateProxy } from '../../../../support/faults/gate-proxy.ts'
import { startEngineServer } from '../../../../support/product/engine-server.ts'
import { type Rowgate, startRowgate } from '../../../../support/product/rowgate.ts'
import { startDatabase } from '../../../../support/servers/databases.ts'
import { mariaDbMissing, startMariaDb } from '../../../../support/servers/mariadb.ts'
import { startMongo } from '../../../../support/servers/mongodb.ts'
import { redisMissing, startRedis } from '../../../../support/servers/redis.ts'
import { absent } from '../../../../support/skip-without.ts'
import { SOON_MS } from '../../../../support/timeouts.ts'

type Call = [tool: string, args: Record<string, unknown>]

interface Case {
  engine: string
  missing: () => boolean
  /** Settings of the Worker for this engine. */
  start(): Promise<{ env: Record<string, unknown>; close(): Promise<void> }>
  write: Call
  /** Finds what `write` has written, and nothing before. */
  read: Call
}

const cases: Case[] = [
  {
    engine: 'D1',
    missing: () => absent('notebook'),
    async start() {
      const { server, close } = await startEngineServer({})
      await server.getWorker().applyD1Migrations('DB')
      return { env: { DB: (await server.getWorker().getEnv()).DB }, close }
    },
    write: ['create_task', { title: 'a' }],
    read: ['get_tasks', {}],
  },
  {
    engine: 'MongoDB',
    missing: () => absent('people'),
    async start() {
      const mongo = await startMongo()
      return { env: { MONGODB_URL: mongo.url }, close: mongo.close }
    },
    write: ['create_user_mongo', { name: 'Ada', email: 'ada@example.com' }],
    read: ['find_users_mongo', {}],
  },
  {
    engine: 'Redis',
    missing: () => absent('cache') || redisMissing(),
    async start() {
      const redis = await startRedis()
      return { env: { REDIS_URL: redis.url }, close: redis.close }
    },
    write: ['cache_data', { key: 'k', value: 'v', ttl_seconds: 60 }],
    read: ['get_cached_data', { key: 'k' }],
  },
  {
    engine: 'MySQL',
    missing: () => absent('products') || mariaDbMissing(),
    async start() {
      const mariadb = await startMariaDb()
      await applyMySqlMigrations(mariadb.ownerUrl, ['products'])
      return { env: { MYSQL_URL: mariadb.url }, close: mariadb.close }
    },
    write: ['add_product', { name: 'Drill', category: 'Tools', price: '1' }],
    read: ['search_products', {}],
  },
]

describe.each(cases)('a write to $engine', ({ missing, start, write, read }) => {
  describe.skipIf(missing())('with AUDIT_FIRST', () => {
    let engine: Awaited<ReturnType<Case['start']>>
    let proxy: GateProxy
    let rowgate: Rowgate
    beforeAll(async () => {
      engine = await start()
      const database = await startDatabase()
      proxy = await startGateProxy(database.endpoint.url, (body) => body.includes('audit_later'))
      rowgate = await startRowgate({
        database: async () => database,
        env: { AUDIT_FIRST: 'true', DATABASE_FETCH_ENDPOINT: proxy.url },
        bindings: engine.env,
      })
    })
    afterAll(async () => {
      await rowgate?.close()
      await proxy?.close()
      await engine?.close()
    })

    afterEach(() => proxy.open())

    const audited = async (user: string) => {
      await rowgate.settled()
      const { rows } = await rowgate.database.endpoint.owner(
        `select tool || ' ' || outcome from rowgate.audit_log where user_id = '${user}' order by seq`,
      )
      return rows.flat()
    }
    const written = async (user: string) => {
      const { data } = await rowgate.call(user, ...read, { tenant: user })
      return data.found ?? data.row_count > 0
    }

    test('waits until the log says that it was begun, and is told again when it is over', async () => {
      proxy.shut()
      const answer = rowgate.call('ada', ...write, { tenant: 'ada' })
      await vi.waitFor(() => expect(proxy.asked()).toBe(1), SOON_MS)
      expect(await written('ada')).toBe(false)
      proxy.open()
      expect((await answer).status).toBe('success')
      expect(await written('ada')).toBe(true)
      expect(await audited('ada')).toEqual([`${write[0]} begun`, `${write[0]} success`])
    })

    test('is not done where the log cannot be written, and reads go on', async () => {
      const owner = rowgate.database.endpoint.owner
      await owner(`revoke execute on function rowgate.audit_later(text) from ${rowgate.database.login}`)
      expect((await rowgate.call('eve', ...write, { tenant: 'eve' })).error).toEqual({
        code: 'UNAVAILABLE',
        message: 'The audit log cannot be written, so nothing was changed; try again shortly.',
        retryable: true,
      })
      expect(await written('eve')).toBe(false)
      await owner(`grant execute on function rowgate.audit_later(text) to ${rowgate.database.login}`)
      expect(await audited('eve')).toEqual([])
    })

    test('to Postgres has one row, as ever', async () => {
      expect((await rowgate.call('bob', 'add_task', { title: 'a' })).status).toBe('success')
      expect(await audited('bob')).toEqual(['add_task success'])
    })
  })
})

test.skipIf(absent('people'))(
  'without AUDIT_FIRST a write waits for no row, and what was begun counts as no failure',
  async () => {
    const mongo = await startMongo()
    const rowgate = await startRowgate({ env: { MONGODB_URL: mongo.url } })
    await rowgate.call('ada', 'create_user_mongo', { name: 'Ada', email: 'ada@example.com' })
    await rowgate.settled()
    const activity = async (filter: object) =>
      (await rowgate.call('ada', 'list_activity', { ...filter })).data.row_count
    expect(await activity({})).toBe(1)
    await rowgate.database.endpoint.owner(`update rowgate.audit_log set outcome = 'begun'`)
    expect(await activity({ outcome: 'begun' })).toBe(1)
    expect(await activity({ outcome: 'error' })).toBe(0)
    await rowgate.close()
    await mongo.close()
  },
)
