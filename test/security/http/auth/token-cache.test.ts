/**
 * Threat: a remembered token that outlives its expiry, crosses to another caller, or fills the isolate's
 * memory.
 */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../../scripts/check/issuer.ts'
import { createTokenCache, GENERATION_SIZE, REMEMBER_MS } from '../../../../src/http/auth/token-cache.ts'
import type { Caller } from '../../../../src/infra/caller.ts'
import { httpAppOf } from '../../../support/product/http-app.ts'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(async () => {
  await issuer[Symbol.asyncDispose]()
})

function caller(userId: string): Caller {
  return { userId, tenantId: 'default', scopes: new Set() }
}

test('a remembered token is refused from the moment it expires', async () => {
  const { call, clock } = httpAppOf(issuer)
  const token = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 20 })
  expect((await call(token)).status).toBe(200)
  clock.advance(19_000)
  expect((await call(token)).status).toBe(200)
  clock.advance(8_000)
  expect((await call(token)).status).toBe(401)
})

test('the same token is the same caller object, also after it was verified anew', async () => {
  const { call, callers, clock } = httpAppOf(issuer)
  const token = await issuer.sign()
  await call(token)
  await call(token)
  clock.advance(REMEMBER_MS)
  await call(token)
  expect(new Set(callers).size).toBe(1)
})

test('a token with another signature is not taken for the remembered one', async () => {
  const { call } = httpAppOf(issuer)
  const token = await issuer.sign()
  expect((await call(token)).status).toBe(200)
  expect((await call(`${token.slice(0, -8)}AAAAAAAA`)).status).toBe(401)
})

test('two users’ tokens are two callers', async () => {
  const { call, callers } = httpAppOf(issuer)
  const [alice, bob] = [await issuer.sign(), await issuer.sign({ sub: 'bob' })]
  for (const token of [alice, bob, alice, bob]) await call(token)
  expect(callers.map(({ userId }) => userId)).toEqual(['alice', 'bob', 'alice', 'bob'])
})

test('the cache believes nothing for longer than a minute', () => {
  const cache = createTokenCache()
  cache.put('t', caller('alice'), Number.POSITIVE_INFINITY, 0)
  expect(cache.get('t', REMEMBER_MS - 1)?.userId).toBe('alice')
  expect(cache.get('t', REMEMBER_MS)).toBeUndefined()
})

test('the cache stays within its bound under a flood of genuine tokens', () => {
  const cache = createTokenCache()
  for (let i = 0; i < 10 * GENERATION_SIZE; i++) cache.put(`t${i}`, caller(`u${i}`), 1_000, 0)
  expect(cache.size).toBeLessThanOrEqual(2 * GENERATION_SIZE)
})

test('a flood does not push out the token that is in use', () => {
  const cache = createTokenCache()
  const alice = caller('alice')
  cache.put('busy', alice, 1_000, 0)
  for (let i = 0; i < 10 * GENERATION_SIZE; i++) {
    cache.put(`t${i}`, caller(`u${i}`), 1_000, 0)
    expect(cache.get('busy', 1)).toBe(alice)
  }
})
