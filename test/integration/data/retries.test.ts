/**
 * A connection that breaks is tried again where that is safe, and what was asked is told to the log without a
 * value.
 */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { applyMySqlMigrations } from '../../../scripts/local/mysql/migrations.ts'
import { type Stall, startStall } from '../../support/faults/stalling-proxy.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { mariaDbMissing, startMariaDb } from '../../support/servers/mariadb.ts'
import { startLocalMongo } from '../../support/servers/mongodb.ts'
import { redisMissing, startRedis } from '../../support/servers/redis.ts'
import { absent } from '../../support/skip-without.ts'

interface Engine {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

async function mysql(): Promise<Engine> {
  const server = await startMariaDb()
  await applyMySqlMigrations(server.ownerUrl, ['products'])
  return server
}

const ENGINES = [
  {
    engine: 'mysql',
    variable: 'MYSQL_URL',
    start: mysql,
    missing: absent('products') || mariaDbMissing(),
    before: 0,
    read: ['search_products', {}],
    write: ['add_product', { name: 'hammer', category: 'tools', price: '1.10' }],
  },
  {
    engine: 'mongodb',
    variable: 'MONGODB_URL',
    start: startLocalMongo,
    missing: absent('people'),
    // Its driver first looks at the server over a connection of its own.
    before: 1,
    read: ['find_users_mongo', {}],
    write: ['create_user_mongo', { name: 'Ada', email: 'ada@example.com' }],
  },
  {
    engine: 'redis',
    variable: 'REDIS_URL',
    start: startRedis,
    missing: absent('cache') || redisMissing(),
    before: 0,
    read: ['get_cached_data', { key: 'a' }],
    write: ['delete_cached_data', { key: 'a' }],
  },
] as const

describe.each(ENGINES)(
  'a connection to $engine',
  ({ missing, variable, start, before, engine, ...tools }) => {
    let server: Engine
    let proxy: Stall
    let rowgate: Rowgate
    const warned: string[] = []
    beforeAll(async () => {
      vi.spyOn(console, 'warn').mockImplementation((line) => void warned.push(String(line)))
      vi.spyOn(console, 'error').mockImplementation(() => undefined)
      server = await start()
      proxy = await startStall(server.port)
      const url = server.url.replace(`:${server.port}`, `:${proxy.port}`)
      rowgate = await startRowgate({ env: { [variable]: url, SLOW_QUERY_MS: '0', LOG_LEVEL: 'warn' } })
    })
    afterAll(async () => {
      await rowgate?.close()
      await proxy?.close()
      await server?.close()
      vi.restoreAllMocks()
    })

    test.skipIf(missing)(
      'that breaks is made again for a read, and the caller sees nothing of it',
      async () => {
        proxy.cutAfter(before)
        const [tool, args] = tools.read
        expect(await rowgate.call('ada', tool, args)).toMatchObject({ status: 'success' })
      },
    )

    test.skipIf(missing)('that breaks is not made again for a write that may not be done twice', async () => {
      proxy.cutAfter(before)
      const [tool, args] = tools.write
      const { error } = await rowgate.call('ada', tool, args)
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    })

    test.skipIf(missing)(
      'that was slow is told by what each statement was, with rows and without a value',
      async () => {
        proxy.cutAfter(Number.POSITIVE_INFINITY)
        const [tool, args] = tools.write
        warned.length = 0
        expect(await rowgate.call('grace', tool, args)).toMatchObject({ status: 'success' })
        await rowgate.settled()
        const lines = warned.map((line) => JSON.parse(line)).filter((line) => line.engine === engine)
        expect(lines.length).toBeGreaterThan(0)
        for (const line of lines) {
          expect(line).toMatchObject({ event: 'slow_query', tool })
          expect(line.fingerprints).toMatch(/^[0-9a-f]{16}( [0-9a-f]{16})*$/)
        }
        if (engine !== 'redis') expect(lines.at(-1).rows).toBe(1)
        expect(warned.join()).not.toMatch(/hammer|ada@example|grace/i)
      },
    )
  },
)
