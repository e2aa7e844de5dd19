/** Statements of every engine in the log, and the trace that an engine is given. */

import type { RowDataPacket } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { applyMySqlMigrations } from '../../../../scripts/local/mysql/migrations.ts'
import { type EngineServer, startEngineServer } from '../../../support/product/engine-server.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { type MariaDb, mariaDbMissing, startMariaDb } from '../../../support/servers/mariadb.ts'
import { startMongo, type TestMongo } from '../../../support/servers/mongodb.ts'
import { redisMissing, startRedis, type TestRedis } from '../../../support/servers/redis.ts'
import { startUpstash } from '../../../support/servers/upstash.ts'
import { absent } from '../../../support/skip-without.ts'

/** In arguments and so in rows: what must never be told. */
const SENTINEL = 'hunter2'

type Line = Record<string, unknown>

let lines: Line[] = []
beforeEach(() => {
  lines = []
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(JSON.parse(line)))
})
afterEach(() => void vi.restoreAllMocks())

const told = (event: string) => lines.filter((line) => line.event === event)
const sum = (of: Line[], member: string) => of.reduce((total, line) => total + Number(line[member]), 0)

/** Everything that a call causes is told when all background work is done. */
async function call(rowgate: Rowgate, tool: string, args: Record<string, unknown>): Promise<void> {
  const { error } = await rowgate.call('ada', tool, args)
  expect(error).toBeUndefined()
  await rowgate.settled()
}

/** Writes, then reads what was written: `rows` are the read's. */
function tellsEach(
  engine: string,
  rowgate: () => Rowgate,
  [write, args]: [string, Record<string, unknown>],
  [read, filter]: [string, Record<string, unknown>],
  rows: number,
) {
  test('has duration, rows, bytes and fingerprint of each statement at debug, and never a value', async () => {
    await call(rowgate(), write, args)
    expect(told('query').length).toBeGreaterThan(0)
    lines = []
    await call(rowgate(), read, filter)
    const statements = told('query')
    for (const line of statements) {
      expect(line).toEqual({
        ...{ engine, tool: read, level: 'debug', event: 'query', time: expect.any(String) },
        ms: expect.any(Number),
        rows: expect.any(Number),
        bytes: expect.any(Number),
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      })
    }
    expect(sum(statements, 'rows')).toBe(rows)
    expect(sum(statements, 'bytes')).toBeGreaterThanOrEqual(SENTINEL.length)
    expect(JSON.stringify(lines)).not.toContain(SENTINEL)
  })

  test('has the same four of a slow trip, and their sums in the line of the request', async () => {
    await call(rowgate(), read, filter)
    const statements = told('query')
    const fingerprints = statements.map((line) => line.fingerprint).join(' ')
    const bytes = sum(statements, 'bytes')
    const [ms] = statements.map((line) => line.ms)
    expect(told('slow_query')).toEqual([
      expect.objectContaining({ engine, tool: read, ms, rows, bytes, fingerprints }),
    ])
    expect(told('request')).toEqual([
      expect.objectContaining({ database_ms: ms, round_trips: 1, rows, database_bytes: bytes }),
    ])
  })
}

const LOUD = { LOG_LEVEL: 'debug', SLOW_QUERY_MS: '0' }

describe('the log on Postgres', () => {
  let rowgate: Rowgate
  beforeAll(async () => {
    rowgate = await startRowgate({ env: LOUD })
  })
  afterAll(() => rowgate.close())

  tellsEach('postgres', () => rowgate, ['add_task', { title: SENTINEL }], ['list_tasks', {}], 1)

  test.skipIf(absent('directory'))(
    'counts the rows and bytes of each of several statements for itself',
    async () => {
      const posts = [1, 2].map((n) => ({ title: `${SENTINEL} ${n}`, content: 'x'.repeat(100) }))
      await call(rowgate, 'create_user_with_posts', { name: 'Ada', email: 'ada@example.com', posts })
      const statements = told('query')
      expect(statements.length).toBeGreaterThan(1)
      expect(new Set(statements.map(({ fingerprint }) => fingerprint)).size).toBe(statements.length)
      expect(told('request')[0]).toMatchObject({
        rows: sum(statements, 'rows'),
        database_bytes: sum(statements, 'bytes'),
        round_trips: 1,
      })
    },
  )

  test.skipIf(absent('sql'))(
    "counts the rows of the caller's own SQL, and not the statements around it",
    async () => {
      await call(rowgate, 'query', {
        sql: 'select n, repeat($1, 10) from generate_series(1, 7) n',
        parameters: ['ab'],
      })
      expect(told('query')).toEqual([expect.objectContaining({ tool: 'query', rows: 7, bytes: 7 + 7 * 20 })])
      expect(told('request')[0]).toMatchObject({ rows: 7, database_bytes: 147 })
    },
  )

  test.skipIf(absent('sql'))('tells a statement that failed, with nothing in it', async () => {
    const { error } = await rowgate.call('ada', 'query', { sql: `select '${SENTINEL}'::int` })
    expect(error?.code).toBeDefined()
    expect(told('query')).toEqual([expect.objectContaining({ rows: 0, bytes: 0 })])
    expect(JSON.stringify(told('query'))).not.toContain(SENTINEL)
  })
})

test('the log has no line for a statement unless the level is debug', async () => {
  const rowgate = await startRowgate({ env: { LOG_LEVEL: 'info' } })
  await call(rowgate, 'list_tasks', {})
  expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(['request']))
  await rowgate.close()
})

describe.skipIf(absent('notebook'))('the log on D1', () => {
  let workerd: EngineServer
  let rowgate: Rowgate
  beforeAll(async () => {
    workerd = await startEngineServer({})
    await workerd.server.getWorker().applyD1Migrations('DB')
    const { DB } = (await workerd.server.getWorker().getEnv()) as Record<string, unknown>
    rowgate = await startRowgate({ env: LOUD, bindings: { DB } })
  })
  afterAll(async () => {
    await rowgate?.close()
    await workerd?.close()
  })

  tellsEach('d1', () => rowgate, ['create_task', { title: SENTINEL }], ['get_tasks', {}], 1)
})

describe.skipIf(absent('people'))('the log on MongoDB', () => {
  let mongo: TestMongo
  let rowgate: Rowgate
  beforeAll(async () => {
    mongo = await startMongo()
    rowgate = await startRowgate({ env: { ...LOUD, MONGODB_URL: mongo.url } })
  })
  afterAll(async () => {
    await rowgate?.close()
    await mongo?.close()
  })

  tellsEach(
    'mongodb',
    () => rowgate,
    ['create_user_mongo', { name: SENTINEL, email: 'ada@example.com' }],
    ['find_users_mongo', {}],
    1,
  )
})

describe.skipIf(absent('cache') || redisMissing())('the log on Redis', () => {
  let redis: TestRedis
  let rowgate: Rowgate
  beforeAll(async () => {
    redis = await startRedis()
    rowgate = await startRowgate({ env: { ...LOUD, REDIS_URL: redis.url } })
  })
  afterAll(async () => {
    await rowgate?.close()
    await redis?.close()
  })

  test('says why a call over REST failed, and not the values that it came with', async () => {
    const upstash = await startUpstash(redis.url)
    const rest = await startRowgate({ env: { ...LOUD, REDIS_URL: upstash.url, REDIS_TOKEN: 'wrong' } })
    await rest.call('ada', 'cache_data', { key: 'k', value: SENTINEL })
    expect(told('tool_failed')).toEqual([
      expect.objectContaining({ tool: 'cache_data', error: expect.stringContaining('auth token') }),
    ])
    expect(JSON.stringify(lines)).not.toContain(SENTINEL)
    await rest.close()
    await upstash.close()
  })

  // A key's value is no row.
  tellsEach(
    'redis',
    () => rowgate,
    ['cache_data', { key: SENTINEL, value: SENTINEL, ttl_seconds: 60 }],
    ['get_cached_data', { key: SENTINEL }],
    0,
  )
})

describe.skipIf(absent('products') || mariaDbMissing())('on MySQL', () => {
  let mariadb: MariaDb
  let rowgate: Rowgate
  beforeAll(async () => {
    mariadb = await startMariaDb()
    await applyMySqlMigrations(mariadb.ownerUrl, ['products'])
    await mariadb.root.query("set global log_output = 'TABLE'; set global general_log = 1")
    rowgate = await startRowgate({ env: { ...LOUD, MYSQL_URL: mariadb.url } })
  })
  afterAll(async () => {
    await rowgate?.close()
    await mariadb?.close()
  })

  describe('the log', () => {
    const drill = { name: SENTINEL, category: 'Tools', price: '1' }
    tellsEach('mysql', () => rowgate, ['add_product', drill], ['search_products', { text: SENTINEL }], 1)
  })

  test('the log says why a call failed, and not the values that it came with', async () => {
    await mariadb.root.query('rename table shop.products to shop.elsewhere')
    await rowgate.call('ada', 'add_product', { name: SENTINEL, category: SENTINEL, price: '1' })
    await mariadb.root.query('rename table shop.elsewhere to shop.products')
    expect(told('tool_failed')).toEqual([
      expect.objectContaining({ tool: 'add_product', error: expect.stringContaining("doesn't exist") }),
    ])
    expect(JSON.stringify(lines)).not.toContain(SENTINEL)
  })

  const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
  test.each<[string, string | undefined, string]>([
    ['a trace', `00-${TRACE}-00f067aa0ba902b7-01`, ` /* trace_id='${TRACE}' */`],
    ['no trace', undefined, ''],
    ['the end of a comment', `*/ drop table products; /*-00-${TRACE}-00f067aa0ba902b7-01`, ''],
    ['a quote', `00-${TRACE.slice(1)}'-00f067aa0ba902b7-01`, ''],
  ])(
    'the server is told of %s as a comment that holds the id and nothing else',
    async (_, traceparent, comment) => {
      await mariadb.root.query('truncate mysql.general_log')
      const client = await rowgate.client('ada')
      const params = { name: 'search_products', arguments: {} }
      await client.callTool({ ...params, ...(traceparent !== undefined && { _meta: { traceparent } }) })
      await client.callTool({
        name: 'add_product',
        arguments: { name: 'a', category: 'b', price: '1' },
        ...(traceparent !== undefined && { _meta: { traceparent } }),
      })
      await client.close()
      const [seen] = await mariadb.root.query<RowDataPacket[]>(
        "select convert(argument using utf8mb4) as sent from mysql.general_log where argument like 'start transaction%' order by event_time",
      )
      expect(seen.map(({ sent }) => sent)).toEqual([
        `start transaction read only${comment}`,
        `start transaction${comment}`,
      ])
      const [others] = await mariadb.root.query<RowDataPacket[]>(
        "select 1 from mysql.general_log where argument not like 'start transaction%' and argument not like '%general_log%' and argument like '%trace%'",
      )
      expect(others).toEqual([])
    },
  )
})
