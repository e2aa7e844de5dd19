/** Many calls at once for an answer that is not there yet are one load. */

import { describe, expect, test, vi } from 'vitest'
import type { CacheStore } from '../../../src/infra/cache/store.ts'
import { alice, caller, mapStore, startService } from './cached.ts'

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
      async get(group, name) {
        const value = await store.get(group, name)
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
