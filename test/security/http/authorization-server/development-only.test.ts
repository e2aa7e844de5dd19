/**
 * Threat: a login that asks for no password, at a server that others can reach. A Worker that is asked to be
 * one anywhere but at home serves nothing at all.
 */

import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import withLogin from '../../../../scripts/local/with-examples/index.ts'
import { createAuthorizationServer } from '../../../../src/http/authorization-server/server.ts'
import deployed from '../../../../src/index.ts'
import { readConfig } from '../../../../src/infra/config/settings.ts'
import { httpApp, SETTINGS } from '../../../support/product/http-app.ts'
import { type Login, loginSettings, ORIGIN, startLogin } from '../../../support/product/login.ts'

const PATHS = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-protected-resource/mcp',
  '/register',
  '/authorize',
  '/token',
  '/revoke',
  '/mcp',
  '/health',
]
const context = { waitUntil() {}, passThroughOnException() {}, props: {} }

let local: { LOCAL_JWKS: string; LOCAL_ISSUER_KEY: string }
let login: Login
beforeAll(async () => {
  local = await loginSettings()
  login = await startLogin()
})

beforeEach(() => {
  // The operator's log.
  const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  return () => spy.mockRestore()
})

describe.each<[string, Record<string, string>]>([
  ['in production', { ENVIRONMENT: 'production' }],
  [
    'in production, with an issuer and no other key',
    {
      ENVIRONMENT: 'production',
      LOCAL_JWKS: '',
      AUTH_ISSUER: 'https://issuer.example.com',
      AUTH_AUDIENCE: 'x',
    },
  ],
  ['with a host that others reach', { ALLOWED_HOSTS: 'rowgate.example.com' }],
  ['with a public URL', { PUBLIC_URL: 'https://rowgate.example.com' }],
  ['beside another issuer', { AUTH_ISSUER: 'https://issuer.example.com', AUTH_AUDIENCE: 'x' }],
  ['with a key that is none', { LOCAL_ISSUER_KEY: '{"kty":"EC"}' }],
  ['with a key that is no JSON', { LOCAL_ISSUER_KEY: 'hunter2' }],
])('%s', (_, wrong) => {
  test.each(PATHS)('%s is refused', async (path) => {
    const set = Object.entries({ ...SETTINGS, LOG_LEVEL: 'silent', ...local, ...wrong })
    const env = Object.fromEntries(set.filter(([, value]) => value !== ''))
    for (const origin of [ORIGIN, 'https://rowgate.example.com']) {
      const response = await withLogin.fetch(new Request(origin + path), env, context)
      expect(response.status).toBe(500)
      expect(await response.text()).not.toContain('hunter2')
    }
  })
})

test('the Worker that is deployed has no login, and refuses to be asked for one', async () => {
  const env = { ...SETTINGS, LOG_LEVEL: 'silent', ...local }
  for (const path of PATHS) {
    const response = await deployed.fetch(new Request(ORIGIN + path), env, context)
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('LOCAL_ISSUER_KEY is set in a Worker without a login')
  }
})

test.each(PATHS)('%s is refused under a foreign Host', async (path) => {
  for (const host of ['rowgate.example.com', 'localhost.evil.example', 'evil.example:4747', '0.0.0.0:4747']) {
    expect((await login.http.request(`http://${host}${path}`)).status).toBe(421)
    const headers = { Host: host }
    expect((await login.http.request(path, { headers })).status).toBe(421)
  }
})

test('what a proxy says of the host is not read', async () => {
  const headers = {
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'https',
    Forwarded: 'host=evil.example',
  }
  const response = await login.http.request('/.well-known/oauth-authorization-server', { headers })
  expect(await response.json()).toMatchObject({ issuer: ORIGIN })
})

test('the server does not rely on the settings having been checked', () => {
  const config = readConfig({ ...SETTINGS, ...local })
  const options = { scopes: [], readingScopes: [], now: Date.now }
  for (const wrong of [
    { ENVIRONMENT: 'production' as const },
    { LOCAL_JWKS: undefined },
    { AUTH_ISSUER: 'https://issuer.example.com' },
  ]) {
    expect(() => createAuthorizationServer({ config: { ...config, ...wrong }, ...options })).toThrow(
      /^LOCAL_ISSUER_KEY is set/,
    )
  }
})

test('without the key there is no login, and its paths are as any other', async () => {
  const { request } = httpApp({ LOCAL_JWKS: local.LOCAL_JWKS })
  for (const path of ['/authorize', '/token', '/register', '/.well-known/oauth-authorization-server']) {
    expect((await request(path)).status).toBe(404)
  }
})

test('another method than those of an endpoint is refused', async () => {
  for (const [path, method] of [
    ['/token', 'GET'],
    ['/register', 'GET'],
    ['/authorize', 'PUT'],
    ['/.well-known/oauth-authorization-server', 'POST'],
    ['/token', 'toString'],
  ] as const) {
    expect((await login.http.request(path, { method })).status).toBe(405)
  }
})
