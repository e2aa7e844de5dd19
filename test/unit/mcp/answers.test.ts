/** Answers that are kept: whose they are, how long, what outdates them, and what a store may do without a call noticing. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { type CacheStore, createCache, MAX_ENTRY_CHARACTERS } from '../../../src/infra/cache.ts'
import type { Caller } from '../../../src/infra/caller.ts'
import { newRecord } from '../../../src/infra/record.ts'
import { createAnswers } from '../../../src/mcp/answers.ts'
import { createEndpoint } from '../../../src/mcp/endpoint.ts'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { serveBySdk } from '../../../src/mcp/sdk.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import type { CacheRule, Toolset } from '../../../src/mcp/tool.ts'
import { exchange, makeTool } from './fixture.ts'
import { type Era, message, read } from './messages.ts'

const TTL_S = 60
const rule = (per: CacheRule['per'], version = 1): CacheRule => ({ ttlSeconds: TTL_S, per, version })

function caller(userId: string, tenantId = 'default', scopes = ['unit:use']): Caller {
  return { userId, tenantId, scopes: new Set(scopes) }
}
const alice = caller('alice')

function mapStore(): CacheStore & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>()
  return {
    entries,
    get: async (_, name) => entries.get(name),
    set: async (_, name, value) => void entries.set(name, value),
  }
}

/** What each tool did is what it answers: who asked, and the how-manieth time. */
function startService(
  store: CacheStore = mapStore(),
  given: { secret?: string; version?: number; load?: (asked: number) => Promise<unknown> } = {},
) {
  const outages: unknown[] = []
  let loads = 0
  const run = async ({ caller: { userId, tenantId } }: { readonly caller: Caller }, input: unknown) => {
    loads += 1
    return (await given.load?.(loads)) ?? { load: loads, userId, tenantId, input }
  }
  const output = z.union([
    z.object({ load: z.int(), userId: z.string(), tenantId: z.string(), input: z.unknown() }),
    z.string(),
    z.object({ fine: z.unknown() }).strict(),
    z.object({ read: z.int() }),
  ])
  const reads = (['caller', 'tenant', 'everyone'] as const).map((per) =>
    makeTool(`by_${per}`, { cache: rule(per, given.version), output, run }),
  )
  const toolsets: Toolset[] = [
    { name: 'unit', title: 'Unit', tools: [...reads, makeTool('change', { writes: true })] },
    {
      name: 'other',
      title: 'Other',
      tools: [
        makeTool('elsewhere', { cache: rule('tenant'), run }),
        makeTool('elsewhere_change', {
          writes: true,
          run: () => Promise.reject(new Error('lost on the way back')),
        }),
      ],
    },
  ]
  const registry = createRegistry(toolsets, new Set())
  const endpoint = createEndpoint(registry)
  const answers = createAnswers(toolsets, {
    cache: createCache({ now: Date.now, waitMs: 250, onOutage: (cause) => outages.push(cause) }),
    secret: given.secret ?? 'ours',
    open: () => store,
  })
  const from = (by: Caller, work: Promise<unknown>[]) =>
    exchange({ caller: by, answers, record: newRecord(0), waitUntil: (promise) => void work.push(promise) })

  /** One call, the storing of its answer included. */
  async function call(
    by: Caller,
    tool: string,
    of: unknown = 1,
    { era = '2026-07-28' as Era, sdk = false } = {},
  ) {
    const { request, body } = message(era, 'tools/call', { params: { arguments: args(tool, of) } }, tool)
    const work: Promise<unknown>[] = []
    const asked = from(by, work)
    const response = sdk
      ? await serveBySdk(request, body, registry.view(by, EVERYTHING), asked, undefined)
      : await endpoint(request, body, asked)
    if (!(response instanceof Response)) throw new Error('Every caller here may call every tool.')
    const { messages } = await read(response)
    await Promise.all(work)
    const result = Reflect.get(Object(messages[0]), 'result')
    return { result, data: result.structuredContent.data, note: result._meta?.['rowgate/cache'], asked }
  }
  return { call, outages, loads: () => loads }
}

function args(tool: string, of: unknown): object {
  return tool.endsWith('change') ? {} : { of }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

describe('an answer', () => {
  test('is loaded once and kept, and its age is told, with the same data', async () => {
    const { call, loads } = startService()
    const first = await call(alice, 'by_caller')
    vi.advanceTimersByTime(2_500)
    const second = await call(alice, 'by_caller')
    expect([first.note, second.note]).toEqual([
      { status: 'miss', age_ms: 0 },
      { status: 'hit', age_ms: 2_500 },
    ])
    expect(second.data).toEqual(first.data)
    expect(loads()).toBe(1)
    expect([first.asked.record.cache, second.asked.record.cache]).toEqual(['miss', 'hit'])
  })

  test('is gone when its time is over, even from a store that forgets nothing', async () => {
    const { call, loads } = startService()
    await call(alice, 'by_caller')
    vi.advanceTimersByTime(TTL_S * 1_000 - 1)
    expect((await call(alice, 'by_caller')).note.status).toBe('hit')
    vi.advanceTimersByTime(1)
    expect((await call(alice, 'by_caller')).note.status).toBe('miss')
    expect(loads()).toBe(2)
  })

  test.each(['2026-07-28', '2025-11-25'] as const)('in %s says the same both ways', async (era) => {
    const { call } = startService()
    for (const status of ['miss', 'hit']) {
      const short = await call(alice, 'by_caller', status, { era })
      const kept = await call(alice, 'by_caller', status, { era })
      const long = await call(alice, 'by_caller', status, { era, sdk: true })
      expect(short.note.status).toBe('miss')
      expect(long.result).toEqual(kept.result)
      expect(long.note.status).toBe('hit')
    }
    const byLong = await call(alice, 'by_caller', 'anew', { era, sdk: true })
    expect(byLong.note).toEqual({ status: 'miss', age_ms: 0 })
    if (era === '2026-07-28') {
      expect(byLong.result._meta).toHaveProperty(['io.modelcontextprotocol/serverInfo', 'name'], 'rowgate')
    }
  })

  test('that is an error is never kept', async () => {
    const failing = (asked: number) =>
      asked === 1 ? Promise.reject(new Error('down')) : Promise.resolve({ fine: true })
    const { call } = startService(mapStore(), { load: failing })
    const failed = await call(alice, 'by_caller')
    expect([failed.result.isError, failed.note]).toEqual([true, undefined])
    expect((await call(alice, 'by_caller')).note.status).toBe('miss')
    expect((await call(alice, 'by_caller')).data).toEqual({ fine: true })
  })

  test('over the size bound is answered whole and not kept', async () => {
    const large = 'x'.repeat(MAX_ENTRY_CHARACTERS)
    const { call, loads } = startService(mapStore(), { load: () => Promise.resolve(large) })
    expect((await call(alice, 'by_caller')).data).toBe(large)
    expect((await call(alice, 'by_caller')).note.status).toBe('miss')
    expect(loads()).toBe(2)
  })

  test.each([
    ['in another order', { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }],
    ['in another order within', { of: { x: 1, y: 2 } }, { of: { y: 2, x: 1 } }],
  ])('serves the same arguments %s', async (_, one, two) => {
    const { call } = startService()
    await call(alice, 'by_caller', one)
    expect((await call(alice, 'by_caller', two)).note.status).toBe('hit')
  })

  test.each([
    ['a number and its text', 1, '1'],
    ['null and its text', null, 'null'],
    ['nothing and null', {}, { a: null }],
    ['a list and an object', ['a'], { 0: 'a' }],
    ['a nested list', [['a'], 'b'], [['a', 'b']]],
    ['a name that closes the object', { 'a":1,"b': 1 }, { a: 1, b: 1 }],
    ['a text that looks like the whole', '{"of":1}', { of: 1 }],
    ['half a surrogate pair', '\ud800', '\udc00'],
    ['half a pair and its replacement', '\ud800', '\ufffd'],
    ['NUL and its escape', '\u0000', '\\u0000'],
    ['an own __proto__', JSON.parse('{"a":{"__proto__":{"x":1}}}'), { a: {} }],
    ['composed and decomposed', 'é', 'e\u0301'],
  ])('is not given to other arguments: %s', async (_, one, two) => {
    const { call, loads } = startService()
    for (const of of [one, two]) expect((await call(alice, 'by_caller', of)).note.status).toBe('miss')
    expect(loads()).toBe(2)
  })
})

describe('no caller is ever served an entry of another:', () => {
  const strangers: [string, Caller][] = [
    ['another user', caller('bob')],
    ['the same user of another tenant', caller('alice', 'elsewhere')],
    ['the same user with other scopes', caller('alice', 'default', ['unit:use', 'unit:more'])],
    ['a user whose name holds the tenant', caller('default\nalice')],
    ['names that run together', caller('alicedefault', '')],
    ['a name of JSON', caller('alice","default')],
    ['a name that looks like scopes', caller('alice', 'default', ['unit:use', 'alice'])],
  ]
  test.each(strangers)('%s', async (_, stranger) => {
    const { call } = startService()
    const own = await call(alice, 'by_caller')
    const other = await call(stranger, 'by_caller')
    expect(other.note.status).toBe('miss')
    expect(other.data).toMatchObject({ userId: stranger.userId, tenantId: stranger.tenantId })
    expect((await call(alice, 'by_caller')).data).toEqual(own.data)
  })

  test.each([
    ['aa', 'b', 'a', 'ab'],
    ['a', 'b","c', 'a","b', 'c'],
    ['a', '', '', 'a'],
    ['a', 'unit:useb', 'aunit:use', 'b'],
  ])('tenant %j, user %j is not tenant %j, user %j', async (tenant, user, tenant2, user2) => {
    const { call, loads } = startService()
    await call(caller(user, tenant), 'by_caller')
    await call(caller(user2, tenant2), 'by_caller')
    expect(loads()).toBe(2)
  })

  test('a user is not another with one scope more whose name begins with a comma', async () => {
    const { call, loads } = startService()
    await call(caller(',zzb'), 'by_caller')
    await call(caller('b', 'default', ['unit:use', 'zz']), 'by_caller')
    expect(loads()).toBe(2)
  })

  test('a tenant’s is shared by its callers with the same scopes, and by no other tenant’s', async () => {
    const { call, loads } = startService()
    await call(alice, 'by_tenant')
    expect((await call(caller('bob'), 'by_tenant')).note.status).toBe('hit')
    expect((await call(caller('alice', 'elsewhere'), 'by_tenant')).note.status).toBe('miss')
    expect((await call(caller('bob', 'default', ['unit:use', 'x']), 'by_tenant')).note.status).toBe('miss')
    expect(loads()).toBe(3)
  })

  test('everyone’s is shared by all, and is no answer of another tool', async () => {
    const { call, loads } = startService()
    await call(alice, 'by_everyone')
    expect((await call(caller('bob', 'elsewhere', ['unit:use', 'x']), 'by_everyone')).note.status).toBe('hit')
    await call(alice, 'by_tenant')
    await call(alice, 'by_caller')
    await call(alice, 'elsewhere')
    expect(loads()).toBe(4)
  })

  test('a deployment that shares the store, and one of another version of the tool, share nothing', async () => {
    const store = mapStore()
    await startService(store).call(alice, 'by_everyone')
    expect((await startService(store, { secret: 'theirs' }).call(alice, 'by_everyone')).note.status).toBe(
      'miss',
    )
    expect((await startService(store, { version: 2 }).call(alice, 'by_everyone')).note.status).toBe('miss')
    expect((await startService(store).call(alice, 'by_everyone')).note.status).toBe('hit')
  })

  test('a store that answers with the wrong entry is not believed', async () => {
    const honest = mapStore()
    let last = ''
    const mixed: CacheStore = {
      get: async (owner, name) => {
        const entry = await honest.get(owner, name)
        return entry ?? (last === '' ? undefined : last)
      },
      set: async (owner, name, value, ttlMs) => {
        await honest.set(owner, name, value, ttlMs)
        if (value.includes('json')) last = value
      },
    }
    const { call } = startService(mixed)
    await call(alice, 'by_caller')
    await call(caller('carol'), 'by_tenant')
    const other = await call(caller('bob'), 'by_caller')
    expect(other.data).toMatchObject({ userId: 'bob' })
  })

  test('names in the store tell nothing of who asked or for what', async () => {
    const store = mapStore()
    const { call } = startService(store)
    await call(alice, 'by_caller', 'a secret')
    for (const name of store.entries.keys()) expect(name).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})

describe('a write', () => {
  test('outdates the tenant’s entries of its toolset, and no others', async () => {
    const { call } = startService()
    const asked: [Caller, string][] = [
      [alice, 'by_caller'],
      [caller('bob'), 'by_caller'],
      [alice, 'by_tenant'],
      [alice, 'by_everyone'],
      [alice, 'elsewhere'],
      [caller('carol', 'elsewhere'), 'by_caller'],
    ]
    for (const [by, tool] of asked) await call(by, tool)
    await call(alice, 'change')
    const notes = []
    for (const [by, tool] of asked) notes.push((await call(by, tool)).note.status)
    expect(notes).toEqual(['miss', 'miss', 'miss', 'miss', 'hit', 'hit'])
  })

  test('that says it failed outdates too: it may have been done', async () => {
    const { call } = startService()
    await call(alice, 'elsewhere')
    expect((await call(alice, 'elsewhere_change')).result.isError).toBe(true)
    expect((await call(alice, 'elsewhere')).note.status).toBe('miss')
  })

  test('that overtakes a load leaves nothing old behind', async () => {
    const { promise: written, resolve: goOn } = Promise.withResolvers<void>()
    const slow = async (asked: number) => {
      if (asked === 1) await written
      return { read: asked }
    }
    const { call, loads } = startService(mapStore(), { load: slow })
    const early = call(alice, 'by_caller')
    await vi.waitFor(() => expect(loads()).toBe(1))
    await call(alice, 'change')
    const late = call(alice, 'by_caller')
    expect((await late).data).toEqual({ read: 2 })
    goOn()
    expect((await early).data).toEqual({ read: 1 })
    expect((await call(alice, 'by_caller')).data).not.toEqual({ read: 1 })
  })

  test('stays done when the store loses its generation: what was outdated does not come back', async () => {
    const store = mapStore()
    const { call } = startService(store)
    await call(alice, 'by_caller')
    await call(alice, 'change')
    for (const [name, value] of store.entries) if (!value.includes('json')) store.entries.delete(name)
    expect((await call(alice, 'by_caller')).note.status).toBe('miss')
  })
})

describe('a stampede', () => {
  const SIZE = 20

  test('of the same call is one load, and another caller’s is another', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const { call, loads } = startService(mapStore(), { load: () => gate })
    const first = call(alice, 'by_caller')
    await vi.waitFor(() => expect(loads()).toBe(1))
    const crowd = Array.from({ length: SIZE }, () => call(alice, 'by_caller'))
    const other = call(caller('bob'), 'by_caller')
    await vi.waitFor(() => expect(loads()).toBe(2))
    open()
    const { data } = await first
    for (const { data: got, note } of await Promise.all(crowd))
      expect([got, note.status]).toEqual([data, 'hit'])
    expect((await other).data).toMatchObject({ userId: 'bob' })
    expect(loads()).toBe(2)
  })

  test('includes who was told that there is nothing just before it was stored', async () => {
    const store = mapStore()
    const told = Promise.withResolvers<void>()
    let slow = false
    let waiting = 0
    const late: CacheStore = {
      async get(owner, name) {
        const value = await store.get(owner, name)
        if (slow) {
          waiting += 1
          await told.promise
        }
        return value
      },
      set: store.set,
    }
    const { call, loads } = startService(late)
    await call(alice, 'by_caller', 'something else')
    slow = true
    const second = call(alice, 'by_caller')
    await vi.waitFor(() => expect(waiting).toBe(2))
    slow = false
    expect((await call(alice, 'by_caller')).note.status).toBe('miss')
    told.resolve()
    expect((await second).note).toEqual({ status: 'hit', age_ms: 0 })
    expect(loads()).toBe(2)
  })

  test('in which nobody asked before is one load too', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const { call, loads } = startService(mapStore(), { load: () => gate })
    const crowd = Array.from({ length: SIZE }, () => call(alice, 'by_caller'))
    await vi.waitFor(() => expect(loads()).toBeGreaterThan(0))
    open()
    const notes = (await Promise.all(crowd)).map(({ note }) => note.status)
    expect(notes.filter((status) => status === 'miss')).toHaveLength(1)
    expect(loads()).toBe(1)
  })

  test('whose load fails fails nobody else', async () => {
    const { promise: gate, reject: fail } = Promise.withResolvers<void>()
    const { call, loads } = startService(mapStore(), {
      load: (asked) => (asked === 1 ? gate : Promise.resolve({ fine: asked })),
    })
    const first = call(alice, 'by_caller')
    await vi.waitFor(() => expect(loads()).toBe(1))
    const second = call(alice, 'by_caller')
    fail(new Error('gone'))
    expect((await first).result.isError).toBe(true)
    expect((await second).result.isError).toBeUndefined()
  })
})

describe('a store', () => {
  const GARBAGE: [string, string][] = [
    ['nothing', ''],
    ['no JSON', '{"name":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '1e999'],
    ['an entry of wrong types', '{"name":1,"generation":2,"stored_at":"now","json":{}}'],
    ['a value of no entry', '{"data":"forged"}'],
  ]
  test.each(GARBAGE)('that answers %s is as good as empty', async (_, garbage) => {
    const { call } = startService({ get: async () => garbage, set: async () => undefined })
    const { data, note } = await call(alice, 'by_caller')
    expect(data).toMatchObject({ userId: 'alice' })
    expect(note.status).toBe('miss')
  })

  test('whose entry does not fit the tool’s output is not believed', async () => {
    const store = mapStore()
    const { call } = startService(store)
    await call(alice, 'by_caller')
    for (const [name, text] of store.entries)
      store.entries.set(name, text.replace('\\"load\\":1', '\\"load\\":\\"1\\"'))
    expect((await call(alice, 'by_caller')).note.status).toBe('miss')
  })

  test.each([
    ['refuses', () => Promise.reject(new Error('no'))],
    ['never answers', () => new Promise<never>(() => undefined)],
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
  ])('that %s costs no call anything, is told of once, and is left alone', async (_, broken) => {
    let asked = 0
    const count = () => {
      asked += 1
      return broken()
    }
    const { call, outages, loads } = startService({ get: count, set: count })
    for (let n = 1; n <= 5; n += 1) expect((await call(alice, 'by_caller')).data.load).toBe(n)
    expect((await call(alice, 'change')).data).toBe('done')
    expect(loads()).toBe(5)
    expect(outages).toHaveLength(1)
    const before = asked
    await call(alice, 'by_caller')
    expect(asked).toBe(before)
  })

  test('that comes back is used again', async () => {
    const store = mapStore()
    let down = true
    const flaky: CacheStore = {
      get: (owner, name) => (down ? Promise.reject(new Error('down')) : store.get(owner, name)),
      set: store.set,
    }
    const { call } = startService(flaky)
    for (let n = 0; n < 4; n += 1) await call(alice, 'by_caller')
    down = false
    vi.advanceTimersByTime(10_001)
    await call(alice, 'by_caller')
    expect((await call(alice, 'by_caller')).note.status).toBe('hit')
  })
})

test('a tool that keeps nothing says nothing of a cache, and no store is asked', async () => {
  const untouched: CacheStore = {
    get: () => Promise.reject(new Error('asked')),
    set: () => Promise.reject(new Error('asked')),
  }
  const store = { get: vi.fn(untouched.get), set: vi.fn(untouched.set) }
  const { call } = startService(store)
  await call(alice, 'change')
  expect(store.get).not.toHaveBeenCalled()
})

test.each([
  ['writes', makeTool('bad', { writes: true, cache: rule('caller') })],
  ['has no output', { ...makeTool('bad', { cache: rule('caller') }), output: undefined }],
  ['is interactive', { ...makeTool('bad', { cache: rule('caller') }), interactive: true as const }],
])('a cached tool that %s stops the Worker', (_, { output, ...bad }) => {
  const tool = { ...bad, ...(output !== undefined && { output }) }
  expect(() => createRegistry([{ name: 'unit', title: 'Unit', tools: [tool] }], new Set())).toThrow(
    /is cached/,
  )
})
