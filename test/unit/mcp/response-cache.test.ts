/** The response cache: which calls it serves, for how long, and which tools may use it. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MAX_ENTRY_CHARACTERS } from '../../../src/infra/cache/cache.ts'
import type { CacheStore } from '../../../src/infra/cache/store.ts'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { alice, mapStore, rule, startService, TTL_S } from './cached.ts'
import { makeTool } from './fixture.ts'

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
