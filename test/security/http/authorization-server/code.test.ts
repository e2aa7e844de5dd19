/** Threat: an authorization code in other hands than those of the client that asked for it. */

import { beforeAll, expect, test } from 'vitest'
import { CALLBACK, type Login, ORIGIN, startLogin, VERIFIER } from '../../../support/product/login.ts'

let login: Login
let clientId: string
beforeAll(async () => {
  login = await startLogin()
  clientId = await login.clientId()
})

const newCode = async () => (await login.code(clientId)).get('code')

test('a code works once, and its second use ends the tokens of the first', async () => {
  const code = await newCode()
  const first = (await (await login.exchange(clientId, code)).json()) as Record<string, string>
  expect((await login.http.call(first.access_token)).status).toBe(200)
  const second = await login.exchange(clientId, code)
  expect(second.status).toBe(400)
  expect(await second.json()).toMatchObject({ error: 'invalid_grant' })
  expect((await login.http.call(first.access_token)).status).toBe(401)
  const refresh = { grant_type: 'refresh_token', client_id: clientId, refresh_token: first.refresh_token }
  expect(await (await login.token(refresh)).json()).toMatchObject({ error: 'invalid_grant' })
})

test('two uses at once give one token at most', async () => {
  const code = await newCode()
  const both = await Promise.all([login.exchange(clientId, code), login.exchange(clientId, code)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
})

test.each<[string, () => Promise<Record<string, string | undefined>>, string]>([
  [
    'another client',
    async () => ({ client_id: await login.clientId({ client_name: 'Other' }) }),
    'invalid_grant',
  ],
  ['no client', async () => ({ client_id: undefined }), 'invalid_client'],
  ['no verifier', async () => ({ code_verifier: undefined }), 'invalid_grant'],
  ['an empty verifier', async () => ({ code_verifier: '' }), 'invalid_grant'],
  ['another verifier', async () => ({ code_verifier: 'w'.repeat(64) }), 'invalid_grant'],
  ['a verifier that begins alike', async () => ({ code_verifier: `${VERIFIER}v` }), 'invalid_grant'],
  ['a verifier that is too short', async () => ({ code_verifier: 'v' }), 'invalid_grant'],
  ['no redirect URI', async () => ({ redirect_uri: undefined }), 'invalid_grant'],
  ['another redirect URI', async () => ({ redirect_uri: 'http://localhost:1/callback' }), 'invalid_grant'],
  ['another resource', async () => ({ resource: 'https://other.example/mcp' }), 'invalid_target'],
  ['another port’s resource', async () => ({ resource: 'http://localhost:1/mcp' }), 'invalid_target'],
  ['another grant', async () => ({ grant_type: 'client_credentials' }), 'unsupported_grant_type'],
])('a code is refused with %s, and is used up by the attempt', async (name, wrong, error) => {
  const code = await newCode()
  const refused = await login.exchange(clientId, code, await wrong())
  expect(await refused.json()).toMatchObject({ error })
  if (name === 'no client' || name === 'another grant') return
  expect((await login.exchange(clientId, code)).status).toBe(400)
})

test('a code is over after a minute', async () => {
  const code = await newCode()
  login.http.clock.advance(60_000)
  expect((await login.exchange(clientId, code)).status).toBe(400)
})

test('a code of before a restart is unknown', async () => {
  const code = await newCode()
  expect((await (await startLogin()).exchange(clientId, code)).status).not.toBe(200)
})

test('a code under another host of this server is refused', async () => {
  const followsHost = await startLogin({ PUBLIC_URL: undefined })
  const client_id = await followsHost.clientId()
  const body = async () =>
    new URLSearchParams({
      grant_type: 'authorization_code',
      ...{ client_id, code: (await followsHost.code(client_id)).get('code') ?? '' },
      ...{ redirect_uri: CALLBACK, code_verifier: VERIFIER },
    })
  const at = async (origin: string) =>
    await followsHost.http.request(`${origin}/token`, { method: 'POST', body: await body() })
  expect((await at(ORIGIN)).status).toBe(200)
  for (const origin of ['http://127.0.0.1:4747', 'http://localhost:4848']) {
    expect(await (await at(origin)).json()).toMatchObject({ error: 'invalid_target' })
  }
})

test.each<[string, Record<string, string | undefined>]>([
  ['no code challenge', { code_challenge: undefined }],
  ['the challenge in plain', { code_challenge_method: 'plain' }],
  ['no method, which means plain', { code_challenge_method: undefined }],
  ['a challenge that is no hash', { code_challenge: 'short' }],
])('a request with %s is refused', async (_, fields) => {
  const { response } = await login.open(await login.authorizeUrl({ client_id: clientId, ...fields }))
  expect(response.status).toBe(303)
  const back = new URL(response.headers.get('Location') ?? '').searchParams
  expect(back.get('error')).toBe('invalid_request')
  expect(back.has('code')).toBe(false)
})

test('a parameter that is given twice is refused', async () => {
  const url = await login.authorizeUrl({ client_id: clientId })
  expect((await login.open(`${url}&redirect_uri=${CALLBACK}`)).response.status).toBe(400)
  const code = await newCode()
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code: code ?? '',
  })
  body.append('code', 'x')
  expect((await login.http.request('/token', { method: 'POST', body })).status).toBe(400)
})

test('a token request that is no form, or is too large, is refused', async () => {
  const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }
  expect((await login.http.request('/token', json)).status).toBe(400)
  expect((await login.token({ code: 'a'.repeat(20_000) })).status).toBe(400)
})
