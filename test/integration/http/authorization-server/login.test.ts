/** The login of `npm start`, from a client's registration to its calls, in the words of the standards. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, test } from 'vitest'
import { openIssuer } from '../../../../scripts/local/issuer.ts'
import { CALLBACK, type Login, ORIGIN, startLogin } from '../../../support/product/login.ts'

let login: Login
beforeEach(async () => {
  login = await startLogin()
})

describe('a client that has the URL alone', () => {
  test('is led from the 401 to the endpoints, and no further than this host', async () => {
    const { request, call } = login.http
    const challenge = (await call()).headers.get('WWW-Authenticate') ?? ''
    const [, address = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? []
    const resource = (await (await request(address)).json()) as { authorization_servers: string[] }
    expect(resource).toMatchObject({ resource: `${ORIGIN}/mcp`, authorization_servers: [ORIGIN] })
    const metadata = await request(
      `${resource.authorization_servers[0]}/.well-known/oauth-authorization-server`,
    )
    expect(await metadata.json()).toEqual({
      issuer: ORIGIN,
      authorization_endpoint: `${ORIGIN}/authorize`,
      token_endpoint: `${ORIGIN}/token`,
      registration_endpoint: `${ORIGIN}/register`,
      revocation_endpoint: `${ORIGIN}/revoke`,
      scopes_supported: ['admin', 'tasks:read', 'tasks:write'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: false,
      protected_resources: [`${ORIGIN}/mcp`],
    })
  })

  test('registers, logs a person in and calls as them', async () => {
    const clientId = await login.clientId()
    const back = await login.code(clientId, {}, { user: 'bob' })
    expect(back.get('state')).toBe('the state')
    expect(back.get('iss')).toBe(ORIGIN)
    const response = await login.exchange(clientId, back.get('code'))
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    const tokens = (await response.json()) as { access_token: string }
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'tasks:read' })
    expect((await login.http.call(tokens.access_token)).status).toBe(200)
    expect(login.http.callers).toMatchObject([{ userId: 'bob', tenantId: 'default' }])
  })

  test('gets a JWT for this resource alone (RFC 9068)', async () => {
    const { access_token } = await login.tokens(await login.clientId({ client_name: 'Claude Code' }))
    expect(decodeProtectedHeader(access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(decodeJwt(access_token)).toMatchObject({
      iss: ORIGIN,
      aud: `${ORIGIN}/mcp`,
      sub: 'alice',
      client_id: expect.stringMatching(/^Claude Code \([0-9a-f]{8}\)$/),
    })
  })
})

describe('registration (RFC 7591)', () => {
  test('keeps what Cursor registers', async () => {
    const redirect_uris = [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'http://localhost:8787/callback',
    ]
    const response = await login.register({
      client_name: 'Cursor',
      redirect_uris,
      scope: 'x',
      logo_uri: 'y:z',
    })
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({
      client_name: 'Cursor',
      redirect_uris,
      token_endpoint_auth_method: 'none',
    })
  })

  test.each<[string, unknown, string]>([
    ['no redirect URI', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['too many', { redirect_uris: Array(11).fill(CALLBACK) }, 'invalid_redirect_uri'],
    ['one that is no text', { redirect_uris: [7] }, 'invalid_redirect_uri'],
    ['another grant', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    ['another response', { response_types: ['token'] }, 'invalid_client_metadata'],
    [
      'URIs that no address could hold',
      { redirect_uris: Array(4).fill(`https://a/${'b'.repeat(1500)}`) },
      'invalid_client_metadata',
    ],
    ['a body that is too large', { client_name: 'a'.repeat(20_000) }, 'invalid_client_metadata'],
  ])('with %s is refused', async (_, metadata, error) => {
    const response = await login.register(metadata as Record<string, unknown>)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error })
  })

  test.each(['', 'null', '[]', '{', '7'])('of %j is refused', async (body) => {
    const response = await login.http.request('/register', { method: 'POST', body })
    expect(response.status).toBe(400)
  })
})

describe('the consent page', () => {
  test('says who asks, for what, and where the answer goes', async () => {
    const page = await login.open(await login.authorizeUrl({ client_id: await login.clientId() }))
    expect(page.response.status).toBe(200)
    expect(page.html).toContain('<h1>Allow Test to use Rowgate?</h1>')
    expect(page.html).toContain(`<code>${ORIGIN}/mcp</code>`)
    expect(page.html).toContain('this computer (localhost:33418)')
    expect(page.html).toMatch(/<html lang="en">/)
    expect(page.html).not.toMatch(/<script| on[a-z]+=|style=/)
  })

  test('warns of a destination on the internet', async () => {
    const redirect_uri = 'https://evil.example/cb'
    const client_id = await login.clientId({ redirect_uris: [redirect_uri] })
    const page = await login.open(await login.authorizeUrl({ client_id, redirect_uri }))
    expect(page.html).toContain('<strong>evil.example</strong>')
    expect(page.html).toContain('site on the internet')
  })

  test.each([
    [undefined, ['tasks:read']],
    ['tasks:read', ['tasks:read']],
    ['tasks:read tasks:write admin', ['tasks:read']],
    ['tasks:write', []],
    ['offline_access openid', []],
  ])('when asked for %s ticks what reads: %j', async (scope, ticked) => {
    const page = await login.open(await login.authorizeUrl({ client_id: await login.clientId(), scope }))
    expect(page.form.getAll('scope')).toEqual(ticked)
  })

  test('grants what is ticked, more or less than was asked for, and says so', async () => {
    const clientId = await login.clientId()
    expect((await login.tokens(clientId, { scope: 'tasks:write' })).scope).toBe('tasks:write')
    expect((await login.tokens(clientId, { scope: 'made:up' })).scope).toBeUndefined()
  })

  test('grants no change with the read-only switch on', async () => {
    const clientId = await login.clientId()
    const page = await login.open(await login.authorizeUrl({ client_id: clientId }))
    page.form.append('scope', 'tasks:write')
    const response = await login.answer(page, { read_only: 'on' })
    const code = new URL(response.headers.get('Location') ?? '').searchParams.get('code')
    expect(await (await login.exchange(clientId, code)).json()).toMatchObject({ scope: 'tasks:read' })
  })

  test('offers no change to a URL with read_only=true, whose resource is the plain one', async () => {
    const clientId = await login.clientId()
    const resource = `${ORIGIN}/mcp?read_only=true`
    const page = await login.open(await login.authorizeUrl({ client_id: clientId, resource }))
    expect(page.html).not.toContain('tasks:write')
    page.form.append('scope', 'tasks:write')
    const response = await login.answer(page)
    const code = new URL(response.headers.get('Location') ?? '').searchParams.get('code')
    const tokens = (await (await login.exchange(clientId, code, { resource })).json()) as {
      access_token: string
    }
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: `${ORIGIN}/mcp`, scope: 'tasks:read' })
  })

  test('takes any name', async () => {
    const { access_token } = await login.tokens(await login.clientId(), { user: '', other_user: ' Čeněk ' })
    expect(decodeJwt(access_token).sub).toBe('Čeněk')
  })

  test.each<[string, Record<string, string>, string]>([
    ['no name', { user: '' }, 'the name is empty'],
    ['a name beside a choice', { user: 'bob', other_user: 'carol' }, 'Choose between bob'],
    ['a name with a control character', { user: '', other_user: 'a\u0000b' }, 'strange character'],
    ['a name that is too long', { user: '', other_user: 'a'.repeat(256) }, 'too long'],
    ['no scope', { scope: '' }, 'tick at least one'],
  ])('with %s is shown again with what to correct', async (_, fields, reason) => {
    const page = await login.open(await login.authorizeUrl({ client_id: await login.clientId() }))
    const again = await login.answer(page, fields)
    expect(again.status).toBe(400)
    const text = await again.text()
    expect(text).toMatch(new RegExp(`role="alert">[^<]*${reason}`))
    expect(text).toContain('<title>Please correct: ')
  })

  test('tells the client of a no', async () => {
    const back = await login.code(await login.clientId(), {}, { decision: 'deny' })
    expect(Object.fromEntries(back)).toEqual({
      error: 'access_denied',
      error_description: 'The user said no',
      state: 'the state',
      iss: ORIGIN,
    })
  })

  test('lets a person choose the tenant where tokens name one', async () => {
    const tenants = await startLogin({ AUTH_TENANT_CLAIM: 'org_id' })
    const clientId = await tenants.clientId()
    const { access_token } = await tenants.tokens(clientId, { tenant: 'acme' })
    expect(decodeJwt(access_token).org_id).toBe('acme')
    await tenants.http.call(access_token)
    expect(tenants.http.callers).toMatchObject([{ tenantId: 'acme' }])
    const page = await login.open(await login.authorizeUrl({ client_id: await login.clientId() }))
    expect(page.html).not.toContain('name="tenant"')
  })

  test('in a second tab leaves the first one valid', async () => {
    const url = await login.authorizeUrl({ client_id: await login.clientId() })
    const first = await login.open(url)
    await login.open(url, { Cookie: `other=1; ${first.cookie}` })
    expect((await login.answer(first)).status).toBe(303)
  })
})

describe('a refresh', () => {
  test('gives a new access token and the next refresh token, with the same scopes', async () => {
    const clientId = await login.clientId()
    const first = await login.tokens(clientId)
    login.http.clock.advance(2 * 3_600_000)
    expect((await login.http.call(first.access_token)).status).toBe(401)
    const grant = { grant_type: 'refresh_token', client_id: clientId }
    const second = await login.token({ ...grant, refresh_token: first.refresh_token })
    const tokens = (await second.json()) as typeof first
    expect(tokens).toMatchObject({ scope: 'tasks:read', expires_in: 3600 })
    expect(tokens.refresh_token).not.toBe(first.refresh_token)
    expect((await login.http.call(tokens.access_token)).status).toBe(200)
    expect((await login.token({ ...grant, refresh_token: tokens.refresh_token })).status).toBe(200)
  })

  test('may narrow the access token, and the next one has the whole again', async () => {
    const clientId = await login.clientId()
    const page = await login.open(await login.authorizeUrl({ client_id: clientId }))
    page.form.append('scope', 'tasks:write')
    const location = (await login.answer(page)).headers.get('Location') ?? ''
    const code = new URL(location).searchParams.get('code')
    const first = (await (await login.exchange(clientId, code)).json()) as { refresh_token: string }
    const grant = { grant_type: 'refresh_token', client_id: clientId }
    const narrow = await login.token({
      ...grant,
      ...first,
      scope: 'tasks:read',
      refresh_token: first.refresh_token,
    })
    const narrowed = (await narrow.json()) as { refresh_token: string; scope: string }
    expect(narrowed.scope).toBe('tasks:read')
    const whole = await login.token({ ...grant, refresh_token: narrowed.refresh_token })
    expect(await whole.json()).toMatchObject({ scope: 'tasks:read tasks:write' })
  })

  test('is refused once after a 403, so that a client that only refreshes asks the person', async () => {
    const clientId = await login.clientId()
    const tokens = await login.tokens(clientId, { scope: 'tasks:write' })
    const grant = { grant_type: 'refresh_token', client_id: clientId, refresh_token: tokens.refresh_token }
    expect((await login.http.call(tokens.access_token)).status).toBe(403)
    expect(await (await login.token(grant)).json()).toMatchObject({ error: 'invalid_grant' })
    expect((await login.token(grant)).status).toBe(200)
  })

  test('long after a 403 is as any other', async () => {
    const clientId = await login.clientId()
    const tokens = await login.tokens(clientId, { scope: 'tasks:write' })
    expect((await login.http.call(tokens.access_token)).status).toBe(403)
    login.http.clock.advance(10_000)
    const grant = { grant_type: 'refresh_token', client_id: clientId, refresh_token: tokens.refresh_token }
    expect((await login.token(grant)).status).toBe(200)
  })

  test('is over after 30 days', async () => {
    const clientId = await login.clientId()
    const { refresh_token } = await login.tokens(clientId)
    login.http.clock.advance(30 * 24 * 3_600_000)
    const response = await login.token({ grant_type: 'refresh_token', client_id: clientId, refresh_token })
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('revocation (RFC 7009)', () => {
  test.each(['access_token', 'refresh_token'] as const)('of the %s ends the login at once', async (kind) => {
    const clientId = await login.clientId()
    const tokens = await login.tokens(clientId)
    expect((await login.http.call(tokens.access_token)).status).toBe(200)
    expect((await login.post('/revoke', { token: tokens[kind], client_id: clientId })).status).toBe(200)
    const refused = await login.http.call(tokens.access_token)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('WWW-Authenticate')).toContain('The login of the token was revoked')
    const { refresh_token } = tokens
    const refresh = await login.token({ grant_type: 'refresh_token', client_id: clientId, refresh_token })
    expect(await refresh.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('of something else says nothing, and of nothing is refused', async () => {
    const client_id = await login.clientId()
    expect((await login.post('/revoke', { token: 'x', client_id })).status).toBe(200)
    expect((await login.post('/revoke', { client_id })).status).toBe(400)
  })
})

describe('pages of other origins', () => {
  test.each(['/.well-known/oauth-authorization-server', '/register', '/token', '/revoke'])(
    'may call %s',
    async (path) => {
      const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' }
      const preflight = await login.http.request(path, { method: 'OPTIONS', headers })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*')
      expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('Content-Type')
      const method = path.startsWith('/.well-known') ? 'GET' : 'POST'
      const response = await login.http.request(path, { method, headers: { Origin: 'https://app.example' } })
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
      expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    },
  )

  test('may not read /authorize', async () => {
    const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' }
    const preflight = await login.http.request('/authorize', { method: 'OPTIONS', headers })
    expect(preflight.status).toBe(405)
    const page = await login.open(await login.authorizeUrl({ client_id: await login.clientId() }), headers)
    expect(page.response.headers.get('Access-Control-Allow-Origin')).toBeNull()
  })
})

test('tokens that npm start prints are accepted beside', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-login-'))
  const issuer = await openIssuer(directory)
  const { http } = await startLogin({ LOCAL_JWKS: issuer.jwks, LOCAL_ISSUER_KEY: issuer.privateKey })
  await rm(directory, { recursive: true })
  const token = await issuer.sign({ user: 'carol', scopes: ['tasks:read'], ttlSeconds: 60 })
  expect((await http.call(token)).status).toBe(200)
})
