/** Threat: a page of another site makes its visitor's browser call this server. */

import { describe, expect, test } from 'vitest'
import { originSet } from '../../../src/http/origin.ts'
import { httpApp } from '../../support/product/http-app.ts'

const ALLOWED = 'https://app.example.com'
const settings = {
  AUTH_ISSUER: 'https://issuer.example.com',
  ALLOWED_ORIGINS: `${ALLOWED}, http://lab.example.com:8080`,
}
const production = httpApp({ ...settings, ENVIRONMENT: 'production' })
const development = httpApp({ ...settings, ENVIRONMENT: 'development' })

/** The answer to a request whose origin is allowed: it carries no token. */
const PASSED = 401

describe('the Origin', () => {
  test.each<[string, number]>([
    [ALLOWED, PASSED],
    ['http://lab.example.com:8080', PASSED],
    ['null', 403],
    ['', 403],
    ['https://evil.com', 403],
    ['http://app.example.com', 403],
    ['https://app.example.com:444', 403],
    ['https://app.example.com.evil.com', 403],
    ['https://evil.com/https://app.example.com', 403],
    ['https://app.example.com@evil.com', 403],
    ['https://APP.example.com', 403],
    ['https://app.example.com/', 403],
    ['https://sub.app.example.com', 403],
    ['https://app.example.com, https://evil.com', 403],
    ['http://localhost:3000', 403],
    ['file://', 403],
    ['chrome-extension://abc', 403],
  ])('"%s" answers %i in production', async (origin, status) => {
    expect((await production.call(undefined, { Origin: origin })).status).toBe(status)
  })

  test.each<[string, number]>([
    ['http://localhost:3000', PASSED],
    ['https://localhost', PASSED],
    ['http://127.0.0.1:6274', PASSED],
    ['http://[::1]:3000', PASSED],
    ['http://localhost.evil.com', 403],
    ['http://localhost@evil.com', 403],
    ['http://evil.com#localhost', 403],
    ['http://localhost:3000/', 403],
    ['http://2130706433', 403],
    ['null', 403],
    ['localhost', 403],
  ])('"%s" answers %i while developing', async (origin, status) => {
    expect((await development.call(undefined, { Origin: origin })).status).toBe(status)
  })

  test.each<[string, string, number]>([
    ['https://rowgate.example.com', 'https://rowgate.example.com', PASSED],
    ['https://rowgate.example.com', 'http://rowgate.example.com', 403],
    ['https://rowgate.example.com', 'https://rowgate.example.com:8443', 403],
    ['https://rowgate.example.com', 'https://rowgate.example.com.evil.com', 403],
    ['https://rowgate.example.com', 'https://second.example.com', 403],
    ['https://second.example.com', 'https://second.example.com', PASSED],
    // Its name leads here by DNS rebinding: the host guard refuses before the Origin is looked at.
    ['https://evil.com', 'https://evil.com', 421],
  ])('at %s the page of "%s" is answered %i: its own pages alone pass', async (own, origin, status) => {
    const deployed = httpApp({
      ...{ AUTH_ISSUER: settings.AUTH_ISSUER, ENVIRONMENT: 'production' },
      ...{ PUBLIC_URL: 'https://rowgate.example.com', ALLOWED_HOSTS: 'second.example.com' },
    })
    const request = new Request(`${own}/mcp`, {
      method: 'POST',
      headers: { Origin: origin, 'Content-Type': 'application/json' },
      body: '{}',
    })
    expect((await deployed.request(request)).status).toBe(status)
  })

  test('absent is not a browser and passes', async () => {
    expect((await production.call()).status).toBe(PASSED)
  })

  test.each([
    '*',
    'https://*.example.com',
    'app.example.com',
    'https://app.example.com/path',
    'null',
    'file://',
  ])('the entry "%s" stops the start', (entry) => {
    expect(() => originSet([entry])).toThrow(/^ALLOWED_ORIGINS is wrong/)
  })
})

describe('CORS', () => {
  const preflight = (origin: string, headers: string) =>
    production.request('/mcp', {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': headers,
      },
    })

  test('a preflight is allowed the headers of MCP and no others', async () => {
    const response = await preflight(
      ALLOWED,
      'authorization,Content-Type, mcp-protocol-version,mcp-param-region,x-evil',
    )
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(ALLOWED)
    expect(response.headers.get('Access-Control-Allow-Methods')).toBe('POST')
    expect(response.headers.get('Access-Control-Allow-Headers')).toBe(
      'authorization, content-type, mcp-protocol-version, mcp-param-region',
    )
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(response.headers.get('Vary')).toContain('Origin')
  })

  test('any page may ask for the metadata, as clients do with the version of their protocol', async () => {
    const response = await production.request('/.well-known/oauth-protected-resource/mcp', {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://anyone.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'mcp-protocol-version',
      },
    })
    expect(response.ok).toBe(true)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Allow-Headers')).toBe('MCP-Protocol-Version')
  })

  test('a foreign preflight is refused and told nothing', async () => {
    const response = await preflight('https://evil.com', 'authorization')
    expect(response.status).toBe(403)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
  })

  test('a page may read the challenge of a 401', async () => {
    const response = await production.call(undefined, { Origin: ALLOWED })
    expect(response.status).toBe(401)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(ALLOWED)
    expect(response.headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate')
    expect(response.headers.get('Vary')).toContain('Origin')
  })
})
