/**
 * Threat: a page rebinds its own name to this server's address, or a stray route leads here (DNS rebinding).
 */

import { describe, expect, test } from 'vitest'
import { hostRules, judgeHost } from '../../../src/http/host.ts'
import { httpApp } from '../../support/product/http-app.ts'

const production = {
  ENVIRONMENT: 'production',
  PUBLIC_URL: 'https://rowgate.example.com',
  ALLOWED_HOSTS: 'api.example.com, proxy.example.com:8443, lab.example.com:*, [2001:db8::1]:*',
  AUTH_ISSUER: 'https://issuer.example.com',
}
const development = { ENVIRONMENT: 'development', AUTH_ISSUER: 'https://issuer.example.com' }

/** As a server hands it on that, like workerd, puts the raw Host into the URL and checks neither. */
function rawRequest(authority: string, headers: Record<string, string> = {}): Request {
  const request = new Request('http://localhost/health', { headers })
  Object.defineProperty(request, 'url', { value: `http://${authority}/health` })
  return request
}

describe('while developing', () => {
  test.each<[string, number]>([
    ['localhost', 200],
    ['localhost:4747', 200],
    ['LOCALHOST:4747', 200],
    ['127.0.0.1:1', 200],
    ['[::1]:4747', 200],
    ['[::1]', 200],
    // An allow-list holds exact names: the absolute spelling is another one.
    ['LOCALHOST.', 421],
    ['evil.com', 421],
    ['evil.com@localhost', 421],
    ['localhost@evil.com', 421],
    ['localhost:80@evil.com', 421],
    ['localhost.evil.com', 421],
    ['evil-localhost', 421],
    ['xlocalhost', 421],
    ['', 421],
    [' ', 421],
    [':4747', 421],
    ['localhost:', 421],
    ['localhost:x', 421],
    ['localhost:123456', 421],
    ['localhost, evil.com', 421],
    ['evil.com, localhost', 421],
    ['localhost evil.com', 421],
    ['localhost/evil', 421],
    ['localhost#evil', 421],
    ['localhost?evil', 421],
    ['localhost\\evil', 421],
    ['localhost%00.evil.com', 421],
    ['127.0.0.1.evil.com', 421],
    ['127.1', 421],
    ['0x7f000001', 421],
    ['2130706433', 421],
    ['0.0.0.0', 421],
    ['[::ffff:127.0.0.1]', 421],
    ['[::1].evil.com', 421],
    ['::1', 421],
  ])('a Host header of "%s" answers %i', async (host, status) => {
    const app = httpApp(development)
    const header = new Request('http://localhost:4747/health')
    // A runtime may hand on what the Headers class would tidy or refuse.
    Object.defineProperty(header, 'headers', {
      value: { get: (name: string) => (name === 'host' ? host : null) },
    })
    expect((await app.request(header)).status).toBe(status)
  })

  test.each(['evil.com', 'evil.com@localhost', 'localhost@evil.com', 'localhost, evil.com', 'LOCALHOST.'])(
    'a URL built from "%s" is refused whatever the header says',
    async (authority) => {
      const app = httpApp(development)
      expect((await app.request(rawRequest(authority))).status).toBe(421)
      expect((await app.request(rawRequest(authority, { Host: 'localhost' }))).status).toBe(421)
    },
  )

  test('a forwarded Host is not read, in either direction', async () => {
    const app = httpApp(development)
    const forwarded = { 'X-Forwarded-Host': 'localhost', Forwarded: 'host=localhost' }
    expect((await app.request('http://evil.com/health', { headers: forwarded })).status).toBe(421)
    const foreign = { 'X-Forwarded-Host': 'evil.com' }
    expect((await app.request('http://localhost/health', { headers: foreign })).status).toBe(200)
  })
})

describe('in production', () => {
  test.each<[string, number]>([
    ['rowgate.example.com', 200],
    ['ROWGATE.example.com', 200],
    ['api.example.com', 200],
    ['proxy.example.com:8443', 200],
    ['lab.example.com', 200],
    ['lab.example.com:9000', 200],
    ['[2001:db8::1]:443', 200],
    ['api.example.com:8443', 421],
    ['proxy.example.com', 421],
    ['proxy.example.com:8444', 421],
    ['rowgate.example.com.', 421],
    ['sub.api.example.com', 421],
    ['api.example.com.evil.com', 421],
    ['lab.example.com:*', 421],
    ['localhost', 421],
    ['127.0.0.1', 421],
    ['[::1]', 421],
  ])('a URL on "%s" answers %i', async (host, status) => {
    expect((await httpApp(production).request(rawRequest(host))).status).toBe(status)
  })

  test('the refusal names the variable to set and none of its entries', async () => {
    const text = await (await httpApp(production).request('https://evil.com/health')).text()
    expect(text).toContain('ALLOWED_HOSTS')
    expect(text).not.toMatch(/example\.com|evil/)
  })

  test.each([
    '*',
    '*.example.com',
    'https://example.com',
    'example.com/',
    'a b',
    'example.com:*:*',
    ':*',
    'example.com:80:*',
  ])('the entry "%s" stops the start', (entry) => {
    const options = { allowed: [entry], development: false, localIssuer: false }
    expect(() => hostRules(options)).toThrow(/^ALLOWED_HOSTS is wrong/)
  })

  test('without any setting no name is answered to', () => {
    const rules = hostRules({ allowed: [], development: false, localIssuer: false })
    expect(judgeHost('localhost', rules)).toBe('foreign')
  })
})
