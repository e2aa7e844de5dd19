/** Faults of the response cache's store that no call may notice. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CacheStore } from '../../../src/infra/cache/store.ts'
import { alice, mapStore, startService } from './cached.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

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
      get: (group, name) => (down ? Promise.reject(new Error('down')) : store.get(group, name)),
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
