/** Writes that invalidate cached results. */

import { describe, expect, test, vi } from 'vitest'
import type { Caller } from '../../../src/infra/caller.ts'
import { alice, caller, mapStore, startService } from './cached.ts'

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
  test('outdates for all others, also while this isolate leaves the store alone', async () => {
    const store = mapStore()
    const resting = startService({ get: () => Promise.reject(new Error('slow')), set: store.set })
    const other = startService(store)
    for (let n = 1; n <= 4; n += 1) await resting.call(alice, 'by_tenant')
    expect(resting.outages).toHaveLength(1)
    await other.call(alice, 'by_tenant')
    await resting.call(alice, 'change')
    expect((await other.call(alice, 'by_tenant')).note.status).toBe('miss')
  })
})
