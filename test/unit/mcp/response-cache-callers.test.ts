/** No caller, tenant, deployment or version is served another’s cached result. */

import { describe, expect, test } from 'vitest'
import type { CacheStore } from '../../../src/infra/cache/store.ts'
import type { Caller } from '../../../src/infra/caller.ts'
import { alice, caller, mapStore, startService } from './cached.ts'

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
      get: async (group, name) => {
        const entry = await honest.get(group, name)
        return entry ?? (last === '' ? undefined : last)
      },
      set: async (group, name, value, ttlMs) => {
        await honest.set(group, name, value, ttlMs)
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
