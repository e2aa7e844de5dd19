/**
 * Threat: a token where it may leak, or two of them where one part of the way reads the first and another the
 * last.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../../scripts/check/issuer.ts'
import { httpApp, httpAppOf } from '../../../support/product/http-app.ts'

const METADATA = 'http://localhost:4747/.well-known/oauth-protected-resource/mcp'

let issuer: Issuer
let token: string
beforeAll(async () => {
  issuer = await startIssuer()
  token = await issuer.sign()
})
afterAll(async () => {
  await issuer[Symbol.asyncDispose]()
})

function post(path: string, headers: HeadersInit): Promise<Response> {
  const all = new Headers(headers)
  all.set('Content-Type', 'application/json')
  return httpAppOf(issuer).request(path, { method: 'POST', headers: all, body: '{}' })
}

describe('a token in the URL', () => {
  test.each(['access_token', 'access%5Ftoken', '%61ccess_token', 'toolsets=tasks&access_token'])(
    'is refused as "%s"',
    async (name) => {
      const response = await post(`/mcp?${name}=${token}`, {})
      expect(response.status).toBe(400)
      expect(response.headers.get('WWW-Authenticate')).toContain('error="invalid_request"')
    },
  )

  test('is refused even beside a good one in the header', async () => {
    const good = { Authorization: `Bearer ${token}` }
    expect((await post(`/mcp?access_token=${token}`, good)).status).toBe(400)
  })

  test.each(['token', 'authorization', 'bearer', 'jwt'])('is not read from "%s" either', async (name) => {
    expect((await post(`/mcp?${name}=${token}`, {})).status).toBe(401)
  })

  test('is not read from a form or a cookie', async () => {
    expect((await post('/mcp', { Cookie: `access_token=${token}` })).status).toBe(401)
  })
})

describe('the Authorization header', () => {
  test.each(['Bearer', 'bearer', 'BEARER', 'Bearer '])('takes the scheme as "%s"', async (scheme) => {
    expect((await post('/mcp', { Authorization: `${scheme} ${token}` })).status).toBe(200)
  })

  test.each<[string, () => string, number]>([
    ['two tokens', () => `Bearer ${token}, Bearer ${token}`, 400],
    ['a token and another scheme', () => `Basic YTpi, Bearer ${token}`, 400],
    ['two tokens after one scheme', () => `Bearer ${token} ${token}`, 400],
    ['the scheme alone', () => 'Bearer', 400],
    ['a token in quotes', () => `Bearer "${token}"`, 400],
    ['another scheme', () => `Basic ${token}`, 401],
    ['no scheme', () => token, 401],
    ['a scheme that begins alike', () => `Bearerish ${token}`, 401],
    ['nothing', () => '', 401],
  ])('with %s is refused', async (_, value, status) => {
    const response = await post('/mcp', { Authorization: value() })
    expect(response.status).toBe(status)
    expect(response.headers.get('WWW-Authenticate')).toContain(`resource_metadata="${METADATA}"`)
  })

  test('sent twice is refused', async () => {
    const twice: [string, string][] = [
      ['Authorization', `Bearer ${token}`],
      ['Authorization', 'Bearer other'],
    ]
    expect((await post('/mcp', twice)).status).toBe(400)
  })
})

describe('the challenge', () => {
  test('of a bad token names the scopes to ask for', async () => {
    const response = await post('/mcp', { Authorization: 'Bearer abc' })
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toMatch(
      /^Bearer resource_metadata="[^"]+", error="invalid_token", error_description="[^"]+", scope="tasks:read"$/,
    )
  })

  test('without credentials holds the metadata’s address, the scopes to ask for and no error code', async () => {
    const response = await post('/mcp', {})
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toBe(
      `Bearer resource_metadata="${METADATA}", scope="tasks:read"`,
    )
  })

  test('of a token without the scope names it, so that a client can step up', async () => {
    const { call } = httpAppOf(issuer)
    const response = await call(await issuer.sign({ scope: 'other' }))
    expect(response.status).toBe(403)
    const header = response.headers.get('WWW-Authenticate')
    expect(header).toContain('error="insufficient_scope"')
    expect(header).toContain('scope="tasks:read"')
    expect(header).toContain(`resource_metadata="${METADATA}"`)
    expect((await call(await issuer.sign({ scope: 'other tasks:read' }))).status).toBe(200)
  })

  test('and the metadata name scopes as the issuer does, with AUTH_SCOPE_PREFIX', async () => {
    const { call, request } = httpAppOf(issuer, { AUTH_SCOPE_PREFIX: 'api://rowgate/' })
    for (const response of [
      await call(),
      await call(await issuer.sign({ scope: 'api://other/tasks:read' })),
    ]) {
      expect(response.headers.get('WWW-Authenticate')).toContain('scope="api://rowgate/tasks:read"')
    }
    expect(await (await request(METADATA)).json()).toMatchObject({
      scopes_supported: ['api://rowgate/tasks:read'],
    })
  })

  test.each(['api://a b/', 'a"', 'a\\', '', 'ä/'])('no prefix is %j', (AUTH_SCOPE_PREFIX) => {
    expect(() => httpAppOf(issuer, { AUTH_SCOPE_PREFIX })).toThrow(/^AUTH_SCOPE_PREFIX is wrong/)
  })

  test('repeats nothing of the token', async () => {
    const { call } = httpAppOf(issuer)
    const response = await call(
      await issuer.sign({ aud: 'MARKER', sub: 'MARKER' }, { header: { typ: 'MARKER' } }),
    )
    expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain('MARKER')
  })

  test('leads to metadata that name the resource, the issuer and the scopes, for any page to read', async () => {
    const response = await httpApp({ AUTH_ISSUER: issuer.url }).request(METADATA, {
      headers: { Origin: 'https://anyone.example' },
    })
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Cache-Control')).toMatch(/max-age/)
    expect(await response.json()).toEqual({
      resource: 'http://localhost:4747/mcp',
      authorization_servers: [issuer.url],
      scopes_supported: ['tasks:read'],
      bearer_methods_supported: ['header'],
      resource_name: 'Rowgate',
    })
  })
})
