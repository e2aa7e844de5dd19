/**
 * A client that goes away is waited for no longer, by us or by the server: its connection is closed in the
 * middle of the work.
 */

import { afterEach, expect, test, vi } from 'vitest'
import { applyMySqlMigrations } from '../../../scripts/local/mysql/migrations.ts'
import { startRowgate } from '../../support/product/rowgate.ts'
import { mariaDbMissing, startMariaDb } from '../../support/servers/mariadb.ts'
import { startLocalMongo } from '../../support/servers/mongodb.ts'
import { redisMissing, startRedis } from '../../support/servers/redis.ts'
import { absent } from '../../support/skip-without.ts'
import { SOON_MS } from '../../support/timeouts.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Sends the call, goes away once the server has begun with it, and gives how the call ended. */
async function abandon(
  env: Record<string, string>,
  tool: string,
  args: object,
  begun: () => Promise<unknown>,
): Promise<string> {
  const rowgate = await startRowgate({ env })
  closers.push(rowgate.close)
  const gone = new AbortController()
  const sent = rowgate.fetch('http://localhost/mcp', {
    method: 'POST',
    signal: gone.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${await rowgate.token('ada')}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: tool, arguments: args },
    }),
  })
  await begun()
  gone.abort()
  return await (await sent).text()
}

test.skipIf(absent('people'))('on MongoDB', async () => {
  const mongo = await startLocalMongo()
  closers.push(mongo.close)
  const begun = mongo.hold('find')
  expect(await abandon({ MONGODB_URL: mongo.url }, 'find_users_mongo', {}, () => begun)).toMatch(/cancelled/)
  await vi.waitFor(() => expect(mongo.connections()).toBe(0), SOON_MS)
})

test.skipIf(absent('cache') || redisMissing())('on Redis', async () => {
  const redis = await startRedis()
  closers.push(redis.close)
  await redis.admin.call('CLIENT', 'PAUSE', '60000', 'WRITE')
  const begun = () => vi.waitFor(async () => expect(await redis.visitors()).toBe(1), SOON_MS)
  const args = { key: 'a', value: 1 }
  expect(await abandon({ REDIS_URL: redis.url }, 'cache_data', args, begun)).toMatch(/cancelled/)
  await redis.admin.call('CLIENT', 'UNPAUSE')
  await vi.waitFor(async () => expect(await redis.visitors()).toBe(0), SOON_MS)
})

test.skipIf(absent('products') || mariaDbMissing())('on MySQL, whose transaction is undone', async () => {
  const mariadb = await startMariaDb()
  closers.push(mariadb.close)
  await applyMySqlMigrations(mariadb.ownerUrl, ['products'])
  const rowgate = await startRowgate({ env: { MYSQL_URL: mariadb.url } })
  closers.push(rowgate.close)
  const given = { name: 'drill', category: 'tools', price: '1', stock: 5 }
  const product_id = (await rowgate.call('ada', 'add_product', given)).data.id
  await mariadb.idle()
  await mariadb.root.query('begin; select * from shop.products for update')
  const sale = { product_id, change: -1 }
  expect(await abandon({ MYSQL_URL: mariadb.url }, 'update_stock', sale, mariadb.busy)).toMatch(/cancelled/)
  await mariadb.root.query('rollback')
  await mariadb.idle()
  expect((await rowgate.call('ada', 'get_product', { product_id })).data.stock).toBe(5)
})
