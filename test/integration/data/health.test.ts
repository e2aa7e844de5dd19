/**
 * Every engine that is configured is asked, by its own connector; one that is gone is told of. In workerd.
 */

import { afterAll, describe, expect, test } from 'vitest'
import { startServer } from '../../support/product/server.ts'
import { mariaDbMissing, startMariaDb } from '../../support/servers/mariadb.ts'
import { startLocalMongo } from '../../support/servers/mongodb.ts'
import { redisMissing, startRedis } from '../../support/servers/redis.ts'
import { absent } from '../../support/skip-without.ts'

describe.skipIf(absent('notebook') || mariaDbMissing() || redisMissing())('health of every engine', () => {
  const closers: (() => Promise<unknown>)[] = []
  afterAll(async () => {
    for (const close of closers.reverse()) await close()
  })

  test('all are up; then without Redis it is degraded, and without MongoDB down', async () => {
    const mongo = await startLocalMongo()
    const redis = await startRedis()
    const maria = await startMariaDb()
    closers.push(mongo.close, redis.close, maria.close)
    const server = await startServer({
      env: { MONGODB_URL: mongo.url, REDIS_URL: redis.url, MYSQL_URL: maria.url },
    })
    closers.push(server.close)
    const health = async () => {
      const response = await fetch(new URL('/health/database', server.url))
      return { status: response.status, body: await response.json() }
    }
    const up = { status: 'up', ms: expect.any(Number) }
    expect(await health()).toEqual({
      status: 200,
      body: {
        status: 'ok',
        engines: { postgres: { ...up, login: 'safe' }, mysql: up, mongodb: up, redis: up, d1: up },
      },
    })
    await redis.kill()
    await expect.poll(health, POLL).toMatchObject({ status: 200, body: { status: 'degraded' } })
    await mongo.kill()
    await expect.poll(health, POLL).toMatchObject({
      status: 503,
      body: { status: 'down', engines: { mongodb: { status: 'down' }, mysql: { status: 'up' } } },
    })
  })
})

/** A result is repeated for some seconds. */
const POLL = { interval: 500, timeout: 20_000 }
