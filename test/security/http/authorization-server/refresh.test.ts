/** Threat: a stolen refresh token, or one that is to give more than was allowed. */

import { beforeAll, expect, test } from 'vitest'
import { type Login, startLogin, type Tokens } from '../../../support/product/login.ts'

let login: Login
let clientId: string
beforeAll(async () => {
  login = await startLogin()
  clientId = await login.clientId()
})

function refresh(refresh_token: string, fields: Record<string, string | undefined> = {}): Promise<Response> {
  return login.token({ grant_type: 'refresh_token', client_id: clientId, refresh_token, ...fields })
}

async function refreshed(token: string): Promise<Tokens> {
  return (await (await refresh(token)).json()) as Tokens
}

test('used twice it ends all tokens of the login, those of the thief and of the owner', async () => {
  const first = await login.tokens(clientId)
  const owners = await refreshed(first.refresh_token)
  const thiefs = await refresh(first.refresh_token)
  expect(await thiefs.json()).toMatchObject({ error: 'invalid_grant' })
  for (const { access_token } of [first, owners])
    expect((await login.http.call(access_token)).status).toBe(401)
  expect((await refresh(owners.refresh_token)).status).toBe(400)
})

test('an older one ends the login too', async () => {
  const first = await login.tokens(clientId)
  const third = await refreshed((await refreshed(first.refresh_token)).refresh_token)
  expect((await refresh(first.refresh_token)).status).toBe(400)
  expect((await login.http.call(third.access_token)).status).toBe(401)
})

test('two uses at once give one token at most', async () => {
  const { refresh_token } = await login.tokens(clientId)
  const both = await Promise.all([refresh(refresh_token), refresh(refresh_token)])
  expect(both.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
})

test('another login of the same person goes on', async () => {
  const [one, other] = [await login.tokens(clientId), await login.tokens(clientId)]
  await refresh(one.refresh_token)
  await refresh(one.refresh_token)
  expect((await login.http.call(other.access_token)).status).toBe(200)
  expect((await refresh(other.refresh_token)).status).toBe(200)
})

test.each<[string, () => Promise<Record<string, string | undefined>>, string]>([
  [
    'by another client',
    async () => ({ client_id: await login.clientId({ client_name: 'Other' }) }),
    'invalid_grant',
  ],
  ['with a scope that was not allowed', async () => ({ scope: 'tasks:read tasks:write' }), 'invalid_scope'],
  ['with admin', async () => ({ scope: 'admin' }), 'invalid_scope'],
  ['for another resource', async () => ({ resource: 'https://other.example/mcp' }), 'invalid_target'],
])('%s it is refused, and stays the owner’s', async (_, wrong, error) => {
  const { refresh_token } = await login.tokens(clientId)
  expect(await (await refresh(refresh_token, await wrong())).json()).toMatchObject({ error })
  expect(await (await refresh(refresh_token)).json()).toMatchObject({ scope: 'tasks:read' })
})

test('with more scopes written into it, it is refused', async () => {
  const { refresh_token } = await login.tokens(clientId)
  const [content = '', mac = ''] = refresh_token.split('.')
  const value = JSON.parse(Buffer.from(content, 'base64url').toString())
  value.grant.scopes.push('admin')
  const forged = `${Buffer.from(JSON.stringify(value)).toString('base64url')}.${mac}`
  expect(await (await refresh(forged)).json()).toMatchObject({ error: 'invalid_grant' })
})

test.each<[string, (tokens: Tokens) => string]>([
  ['an access token', ({ access_token }) => access_token],
  ['a client id', () => clientId],
  ['nothing', () => ''],
])('%s is no refresh token', async (_, of) => {
  expect((await refresh(of(await login.tokens(clientId)))).status).toBe(400)
})

test('a refresh token is no access token', async () => {
  const { refresh_token } = await login.tokens(clientId)
  expect((await login.http.call(refresh_token)).status).toBe(401)
})

test('another client cannot revoke it', async () => {
  const tokens = await login.tokens(clientId)
  const other = await login.clientId({ client_name: 'Other' })
  await login.post('/revoke', { token: tokens.refresh_token, client_id: other })
  expect((await login.http.call(tokens.access_token)).status).toBe(200)
})
