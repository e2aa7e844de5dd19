/** The cache tools in workerd, on a real Redis by both ways to it, and what they answer when it fails. */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createRedis } from '../../../src/data/redis/connector.ts'
import { besideTasks, expectUnavailable } from '../../support/faults/outage.ts'
import { startStall } from '../../support/faults/stalling-proxy.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { workerd } from '../../support/product/workerd.ts'
import { caller, startDatabase, type TestDatabase } from '../../support/servers/databases.ts'
import { redisMissing, startRedis, type TestRedis } from '../../support/servers/redis.ts'
import { startUpstash } from '../../support/servers/upstash.ts'
import { SOON_MS } from '../../support/timeouts.ts'

interface Access {
  env: Record<string, string>
  close(): Promise<void>
}

const byProtocol = async ({ url }: TestRedis): Promise<Access> => ({
  env: { REDIS_URL: url },
  close: async () => undefined,
})

async function byRest(redis: TestRedis): Promise<Access> {
  const { url, token, close } = await startUpstash(redis.url)
  return { env: { REDIS_URL: url, REDIS_TOKEN: token }, close }
}

const protocols = [
  { protocol: 'redis://', open: byProtocol },
  { protocol: 'https:// (REST)', open: byRest },
]

const HOSTILE_KEYS: [what: string, key: string][] = [
  ['a glob', '*'],
  ['a glob of one', '?'],
  ['a class', '[a-z]*'],
  ['a hash tag', '{alice}'],
  ['an empty hash tag', '{}x'],
  ['half a hash tag', '{'],
  ['colons', ':::'],
  ['our prefix', 'rowgate:{'],
  ['a newline', 'a\nDEL b'],
  ['a protocol frame', '\r\n*1\r\n$8\r\nFLUSHALL\r\n'],
  ['NUL', 'a\u0000b'],
  ['a script', '"]) redis.call("FLUSHALL") --'],
  ['512 characters', 'k'.repeat(512)],
  ['512 wide characters', '漢'.repeat(512)],
  ['a member of every object', '__proto__'],
  ['a blank', ' '],
  ['an escape', '\\*'],
]

describe.skipIf(redisMissing()).each(protocols)('cache over $protocol', ({ open }) => {
  let redis: TestRedis
  let access: Access
  let rowgate: Rowgate
  const worker = workerd()
  beforeAll(async () => {
    redis = await startRedis()
    access = await open(redis)
    rowgate = await startRowgate({ worker, env: access.env })
  })
  afterAll(async () => {
    await worker.close()
    await rowgate.close()
    await access.close()
    await redis.close()
  })

  test('a value is kept, got with what is left of its time, replaced and dropped', async () => {
    const value = { text: 'naïve 漢 \u0000', list: [1, null, true, { deep: 'OK' }] }
    const kept = await rowgate.call('ada', 'cache_data', { key: 'a', value, ttl_seconds: 60 })
    expect(kept.data).toEqual({ key: 'a', ttl_seconds: 60, size_bytes: expect.any(Number) })
    const got = await rowgate.call('ada', 'get_cached_data', { key: 'a' })
    expect(got.data).toMatchObject({ key: 'a', found: true, value })
    expect(got.data.ttl_seconds).toBeGreaterThan(0)
    expect(got.data.ttl_seconds).toBeLessThanOrEqual(60)

    for (const other of [0, '', 'null', null, false, [], '{"a":1}', 'OK', '12'])
      expect(await roundTrip('ada', 'a', other)).toEqual(other)

    expect((await rowgate.call('ada', 'delete_cached_data', { key: 'a' })).data).toEqual({
      key: 'a',
      deleted: true,
    })
    expect((await rowgate.call('ada', 'delete_cached_data', { key: 'a' })).data.deleted).toBe(false)
    expect((await rowgate.call('ada', 'get_cached_data', { key: 'a' })).data).toEqual({
      key: 'a',
      found: false,
    })
  })

  test('what has expired is not found and not counted', async () => {
    await rowgate.call('grace', 'cache_data', { key: 'short', value: 1, ttl_seconds: 1 })
    await rowgate.call('grace', 'cache_data', { key: 'long', value: 1 })
    await vi.waitFor(
      async () =>
        expect((await rowgate.call('grace', 'get_cached_data', { key: 'short' })).data.found).toBe(false),
      SOON_MS,
    )
    const { data } = await rowgate.call('grace', 'redis_stats')
    expect(data.keys).toBe(1)
  })

  test('the stats say how many entries are the callers own, and nothing of the machine or of others', async () => {
    await rowgate.call('linus', 'cache_data', { key: 'a', value: 1 })
    const { data } = await rowgate.call('ken', 'redis_stats')
    expect(data).toEqual({
      keys: 0,
      redis_version: expect.stringMatching(/^\d+\.\d+/),
      limits: { key_characters: 512, value_bytes: 262_144, ttl_seconds: 2_592_000 },
    })
  })

  test.each([
    ['no value', { key: 'a' }],
    ['no key', { value: 1 }],
    ['an empty key', { key: '', value: 1 }],
    ['a key of 513 characters', { key: 'k'.repeat(513), value: 1 }],
    ['no time at all', { key: 'a', value: 1, ttl_seconds: 0 }],
    ['part of a second', { key: 'a', value: 1, ttl_seconds: 1.5 }],
    ['31 days', { key: 'a', value: 1, ttl_seconds: 2_678_400 }],
    ['a value over 256 KiB', { key: 'a', value: 'v'.repeat(262_143) }],
    ['a value over 256 KiB in wide characters', { key: 'a', value: '漢'.repeat(90_000) }],
    ['a command', { key: 'a', value: 1, command: 'FLUSHALL' }],
  ])('%s is refused', async (_, input) => {
    expect((await rowgate.call('eve', 'cache_data', input)).error?.code).toBe('VALIDATION_ERROR')
  })

  test('a value of just 256 KiB is kept for 30 days', async () => {
    const value = 'v'.repeat(262_142)
    const kept = await rowgate.call('eve', 'cache_data', { key: 'big', value, ttl_seconds: 2_592_000 })
    expect(kept.data.size_bytes).toBe(262_144)
    expect((await rowgate.call('eve', 'get_cached_data', { key: 'big' })).data.value).toBe(value)
  })

  test.each(HOSTILE_KEYS)('a key that is %s names its owner’s entry and no other', async (_, key) => {
    await rowgate.call('alice', 'cache_data', { key: 'secret', value: 'hers' })
    expect(await roundTrip('alice', key, `of ${key.length}`)).toBe(`of ${key.length}`)
    for (const [user, tenant] of [
      ['mallory', 'default'],
      ['alice', 'elsewhere'],
    ] as const) {
      expect((await rowgate.call(user, 'get_cached_data', { key }, { tenant })).data.found).toBe(false)
      expect((await rowgate.call(user, 'delete_cached_data', { key }, { tenant })).data.deleted).toBe(false)
    }
    expect((await rowgate.call('alice', 'delete_cached_data', { key })).data.deleted).toBe(true)
    expect((await rowgate.call('alice', 'get_cached_data', { key: 'secret' })).data.value).toBe('hers')
  })

  test('another’s name in Redis is a key like any other', async () => {
    await rowgate.call('alice', 'cache_data', { key: 'secret', value: 'hers' })
    for (const name of await redis.admin.keys('*')) {
      expect((await rowgate.call('mallory', 'get_cached_data', { key: name })).data.found).toBe(false)
      expect((await rowgate.call('mallory', 'delete_cached_data', { key: name })).data.deleted).toBe(false)
    }
    expect((await rowgate.call('alice', 'get_cached_data', { key: 'secret' })).data.value).toBe('hers')
  })

  test.each<[[string, string], [string, string]]>([
    [
      ['a', 'b:c'],
      ['a:b', 'c'],
    ],
    [
      ['a', '","b'],
      ['a","', 'b'],
    ],
    [
      ['aa', 'b'],
      ['a', 'ab'],
    ],
  ])('tenant and user do not run together: %j is not %j', async ([tenant, user], [tenant2, user2]) => {
    await rowgate.call(user, 'cache_data', { key: 'k', value: 1 }, { tenant })
    const other = await rowgate.call(user2, 'get_cached_data', { key: 'k' }, { tenant: tenant2 })
    expect(other.data.found).toBe(false)
  })

  test('calls of two users side by side cross no entries, and leave no connection open', async () => {
    const users = ['ada', 'bob', 'ada', 'bob', 'ada', 'bob']
    const before = access.env.REDIS_TOKEN === undefined ? 0 : 1
    const got = await Promise.all(users.map((user, i) => roundTrip(user, `k${i % 2}`, `${user}${i}`)))
    expect(got.every((value, i) => String(value).startsWith(users[i] ?? '?'))).toBe(true)
    await vi.waitFor(async () => expect(await redis.visitors()).toBe(before), SOON_MS)
  })

  async function roundTrip(user: string, key: string, value: unknown): Promise<unknown> {
    await rowgate.call(user, 'cache_data', { key, value })
    return (await rowgate.call(user, 'get_cached_data', { key })).data.value
  }
})

describe.skipIf(redisMissing())('when Redis', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.close())

  const withRowgate = (env: Record<string, string>, rule: (rowgate: Rowgate) => Promise<void>) =>
    besideTasks(database, env, rule)

  test('is not configured, its tools are off the list', async () => {
    await withRowgate({}, async (rowgate) => {
      const { tools } = await (await rowgate.client('ada')).listTools()
      expect(tools.map(({ name }) => name)).not.toContain('cache_data')
    })
  })

  test('refuses the login, the caller is told that the operator has to look', async () => {
    const redis = await startRedis()
    const upstash = await startUpstash(redis.url)
    for (const env of [
      { REDIS_URL: redis.url.replace(redis.password, 'wrong') },
      { REDIS_URL: upstash.url, REDIS_TOKEN: 'wrong' },
    ]) {
      await withRowgate(env, async (rowgate) => {
        await expectUnavailable(rowgate.call('ada', 'get_cached_data', { key: 'a' }), /refused the login/)
      })
    }
    await upstash.close()
    await redis.close()
  })

  test('is stopped in mid-call, the call and the next are told soon', async () => {
    const redis = await startRedis()
    await withRowgate({ REDIS_URL: redis.url }, async (rowgate) => {
      await rowgate.call('ada', 'cache_data', { key: 'a', value: 1 })
      await vi.waitFor(async () => expect(await redis.visitors()).toBe(0), SOON_MS)
      await redis.admin.call('CLIENT', 'PAUSE', '60000', 'WRITE')
      const waiting = rowgate.call('ada', 'cache_data', { key: 'a', value: 2 })
      await vi.waitFor(async () => expect(await redis.visitors()).toBe(1), SOON_MS)
      await redis.kill()
      await expectUnavailable(waiting)
      await expectUnavailable(rowgate.call('ada', 'get_cached_data', { key: 'a' }))
    })
    await redis.close()
  })

  test.each(['redis', 'http'])('falls silent behind %s://, the caller is told soon', async (scheme) => {
    const redis = await startRedis()
    const upstash = await startUpstash(redis.url)
    const proxy = await startStall(scheme === 'redis' ? redis.port : Number(new URL(upstash.url).port))
    const env: Record<string, string> =
      scheme === 'redis'
        ? { REDIS_URL: `redis://:${redis.password}@127.0.0.1:${proxy.port}` }
        : { REDIS_URL: `http://127.0.0.1:${proxy.port}`, REDIS_TOKEN: upstash.token }
    await withRowgate(env, async (rowgate) => {
      expect((await rowgate.call('ada', 'cache_data', { key: 'a', value: 1 })).status).toBe('success')
      proxy.stall()
      await expectUnavailable(rowgate.call('ada', 'get_cached_data', { key: 'a' }))
    })
    await proxy.close()
    await upstash.close()
    await redis.close()
  })
})

test.skipIf(redisMissing())('a counter counts from one, apart for each caller, and expires', async () => {
  const redis = await startRedis()
  const ends: (() => Promise<void>)[] = []
  const open = createRedis({ url: redis.url })
  const keysOf = (userId: string) =>
    open(caller(userId), {
      signal: new AbortController().signal,
      deadline: Date.now() + SOON_MS,
      onEnd: (close) => ends.push(close),
      observe: () => undefined,
      traceId: undefined,
    }).space('cache')
  const [ada, bob] = [keysOf('ada'), keysOf('bob')]
  const counts = await Promise.all([1, 2, 3].map(() => ada.increment('g', 60_000)))
  expect(counts.sort()).toEqual([1, 2, 3])
  await ada.set('far', '9007199254740992', 60_000)
  expect(await ada.increment('far', 60_000)).toBe('9007199254740993')
  expect(await bob.increment('g', 20)).toBe(1)
  await vi.waitFor(async () => expect(await bob.get('g')).toBeUndefined(), SOON_MS)
  expect(await ada.get('g')).toMatchObject({ value: '3' })
  for (const end of ends) await end()
  await vi.waitFor(async () => expect(await redis.visitors()).toBe(0), SOON_MS)
  await redis.close()
})
