/** When a seal is made anew, and for whom. */

import { expect, test } from 'vitest'
import { createSealer } from '../../../../src/data/postgres/seal.ts'
import type { Caller } from '../../../../src/infra/caller.ts'

const setting = `k1:${Buffer.alloc(32, 'key').toString('base64')}`
const caller = (userId: string, scopes: string[] = []): Caller => ({
  userId,
  tenantId: 'default',
  scopes: new Set(scopes),
})
const claimsOf = (seal: string) =>
  JSON.parse(Buffer.from(seal.split('.')[1] ?? '', 'base64').toString('utf8'))

test('a caller is sealed again only when a third of the seal is used up', async () => {
  const sealFor = createSealer(setting)
  const alice = caller('alice')
  const first = await sealFor(alice, 0)
  expect(await sealFor(alice, 19_999)).toBe(first)
  expect(await sealFor(alice, 20_000)).not.toBe(first)
})

test('a seal has a minute to live from when it was made, whatever the clock says at the end', async () => {
  const sealed = await createSealer(setting)(caller('alice'), 1_500)
  expect(claimsOf(sealed)).toEqual({ sub: 'alice', tenant: 'default', scopes: [], exp: 61.5 })
})

test('callers of equal name but other scopes never share a seal', async () => {
  const sealFor = createSealer(setting)
  const reader = await sealFor(caller('alice', ['tasks:read']), 0)
  const writer = await sealFor(caller('alice', ['tasks:read', 'tasks:write']), 0)
  expect(claimsOf(reader).scopes).toEqual(['tasks:read'])
  expect(claimsOf(writer).scopes).toEqual(['tasks:read', 'tasks:write'])
})

test('a name in any script survives', async () => {
  const name = 'Ζωή 🙂 "\\\u2028'
  expect(claimsOf(await createSealer(setting)(caller(name), 0)).sub).toBe(name)
})
