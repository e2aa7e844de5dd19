/**
 * Threat: a claim of the wrong shape that grants more than was granted, or puts the caller among another
 * tenant's rows.
 */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../../scripts/check/issuer.ts'
import { httpAppOf } from '../../../support/product/http-app.ts'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(async () => {
  await issuer[Symbol.asyncDispose]()
})

test.each<[string, Record<string, unknown>, string[]]>([
  ['scope as text', { scope: 'a b' }, ['a', 'b']],
  ['scope with stray spaces', { scope: ' a  b ' }, ['a', 'b']],
  ['scp as text', { scope: undefined, scp: 'a b' }, ['a', 'b']],
  ['scp as a list', { scope: undefined, scp: ['a', 'b'] }, ['a', 'b']],
  ['scp with values that are no text', { scope: undefined, scp: ['a', 7, null, ['b']] }, ['a']],
  ['scope before scp', { scope: 'a', scp: 'b' }, ['a']],
  ['an object', { scope: { a: true } }, []],
  ['true', { scope: true }, []],
  ['neither', { scope: undefined }, []],
])('scopes are read from %s', async (_, claims, scopes) => {
  const { call, callers } = httpAppOf(issuer)
  await call(await issuer.sign(claims))
  expect(callers.map((caller) => [...caller.scopes])).toEqual([scopes])
})

test('with AUTH_SCOPE_PREFIX a scope is ours with the prefix and without, and another’s stays another’s', async () => {
  const { call, callers } = httpAppOf(issuer, { AUTH_SCOPE_PREFIX: 'api://rowgate/' })
  await call(await issuer.sign({ scope: 'api://rowgate/tasks:read b api://other/c' }))
  expect([...(callers[0]?.scopes ?? [])]).toEqual(['tasks:read', 'b', 'api://other/c'])
})

test('without AUTH_TENANT_CLAIM every caller is of one tenant, whatever the token says', async () => {
  const { call, callers } = httpAppOf(issuer)
  await call(await issuer.sign({ tenant: 'other', tenantId: 'other' }))
  expect(callers[0]?.tenantId).toBe('default')
})

test.each<[string, unknown]>([
  ['tenant', 'acme'],
  ['tid', 'b9419818-09af-49c2-b0c3-653adc1f376e'],
  ['org_id', 'org_1'],
  ['https://example.com/tenant', 'acme'],
  ['organization', { id: 'acme' }],
])('a tenant in `%s` that no setting names is told to the operator once', async (claim, value) => {
  const { call, callers, unreadTenants } = httpAppOf(issuer)
  for (const jti of ['1', '2']) await call(await issuer.sign({ jti, [claim]: value }))
  expect(callers.map(({ tenantId }) => tenantId)).toEqual(['default', 'default'])
  expect(unreadTenants).toEqual([claim])
})

test('with AUTH_TENANTS=several such a token is refused, each time, and others are not', async () => {
  const { call, callers, unreadTenants } = httpAppOf(issuer, { AUTH_TENANTS: 'several' })
  for (const jti of ['1', '2']) {
    const response = await call(await issuer.sign({ jti, org_id: 'acme' }))
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toContain('AUTH_TENANT_CLAIM')
  }
  expect((await call(await issuer.sign({ tenant: 'default' }))).status).toBe(200)
  expect([callers.length, unreadTenants]).toEqual([1, ['org_id']])
  const named = httpAppOf(issuer, { AUTH_TENANTS: 'several', AUTH_TENANT_CLAIM: 'org_id' })
  expect((await named.call(await issuer.sign({ org_id: 'acme', tid: 'x' }))).status).toBe(200)
  expect(named.unreadTenants).toEqual([])
})

test('with AUTH_TENANT_CLAIM the tenant is what that claim says', async () => {
  const { call, callers } = httpAppOf(issuer, { AUTH_TENANT_CLAIM: 'https://example.com/tenant' })
  await call(await issuer.sign({ 'https://example.com/tenant': 'acme' }))
  expect(callers[0]?.tenantId).toBe('acme')
})

test.each<[string, unknown]>([
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['a number', 7],
  ['a list', ['acme']],
  ['an object', { id: 'acme' }],
  ['too long', 'a'.repeat(256)],
])('a tenant claim that is %s refuses the token', async (_, tid) => {
  const { call } = httpAppOf(issuer, { AUTH_TENANT_CLAIM: 'tid' })
  const response = await call(await issuer.sign({ tid }))
  expect(response.status).toBe(401)
  expect(response.headers.get('WWW-Authenticate')).toContain('tenant')
})

test('a tenant claim named like a member of every object is not found there', async () => {
  const { call } = httpAppOf(issuer, { AUTH_TENANT_CLAIM: 'constructor' })
  expect((await call(await issuer.sign())).status).toBe(401)
})
