/**
 * Threat: the developer's key, whose private half lies on a disk, trusted by a server that others can reach.
 */

import { beforeAll, expect, test } from 'vitest'
import { Issuer, makeKey, type SigningKey } from '../../../../scripts/check/issuer.ts'
import { LOCAL_ISSUER } from '../../../../src/http/auth/local-issuer.ts'
import { createVerifier } from '../../../../src/http/auth/token.ts'
import { type Config, readConfig } from '../../../../src/infra/config/settings.ts'
import { httpApp, SETTINGS } from '../../../support/product/http-app.ts'

let key: SigningKey
let token: string
let LOCAL_JWKS: string
beforeAll(async () => {
  key = await makeKey('local-1')
  LOCAL_JWKS = JSON.stringify({ keys: [key.jwk] })
  token = await new Issuer(LOCAL_ISSUER, key, async () => {}).sign({ aud: LOCAL_ISSUER })
})

test('while developing, on localhost, its tokens are accepted', async () => {
  expect((await httpApp({ LOCAL_JWKS }).call(token)).status).toBe(200)
})

test('its tokens need its own audience', async () => {
  const other = await new Issuer(LOCAL_ISSUER, key, async () => {}).sign()
  expect((await httpApp({ LOCAL_JWKS }).call(other)).status).toBe(401)
})

test('without LOCAL_JWKS its tokens are an unknown issuer’s', async () => {
  expect((await httpApp({ AUTH_ISSUER: 'https://issuer.example.com' }).call(token)).status).toBe(401)
})

test.each(['production', undefined])('with ENVIRONMENT=%s the Worker does not start', (ENVIRONMENT) => {
  expect(() => readConfig({ ...SETTINGS, ENVIRONMENT, LOCAL_JWKS })).toThrow(
    /^LOCAL_JWKS is set outside development/,
  )
})

test('the verifier does not rely on the settings having been checked', () => {
  const config: Config = {
    ...readConfig({ ...SETTINGS, LOCAL_JWKS }),
    ENVIRONMENT: 'production',
  }
  expect(() => createVerifier(config, { fetch, now: Date.now })).toThrow(/^LOCAL_JWKS is set outside/)
})

test.each(['', '{}', '[]', 'null', '{"keys":[7]}', 'not json'])(
  'the key set "%s" stops the start',
  (text) => {
    expect(() => httpApp({ LOCAL_JWKS: text })).toThrow(/^LOCAL_JWKS is wrong/)
  },
)

test.each<[string, Record<string, string>]>([
  ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'rowgate.example.com' }],
  ['ALLOWED_HOSTS on any port', { ALLOWED_HOSTS: 'localhost, rowgate.example.com:*' }],
  ['PUBLIC_URL', { PUBLIC_URL: 'https://rowgate.example.com' }],
  ['PUBLIC_URL, which only begins like localhost', { PUBLIC_URL: 'http://localhost.example.com' }],
])('when %s names a foreign host every request is refused, with the reason', async (_, env) => {
  const app = httpApp({ LOCAL_JWKS, ...env })
  for (const url of ['http://localhost:4747', 'https://rowgate.example.com', 'http://evil.com']) {
    for (const path of ['/health', '/mcp', '/.well-known/oauth-protected-resource/mcp']) {
      const response = await app.request(url + path)
      expect(response.status).toBe(500)
      expect(await response.text()).toContain('Unset LOCAL_JWKS')
    }
  }
  expect((await app.call(token)).status).toBe(500)
})

test('a request to another host is refused and told why', async () => {
  const response = await httpApp({ LOCAL_JWKS }).request('https://rowgate.workers.dev/health')
  expect(response.status).toBe(421)
  expect(await response.text()).toContain('localhost only')
})
