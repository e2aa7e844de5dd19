/** Threat: a token of one deployment at another, or under another name of the same. */

import { beforeAll, expect, test } from 'vitest'
import { httpApp } from '../../../support/product/http-app.ts'
import { type Login, loginSettings, startLogin } from '../../../support/product/login.ts'

let settings: Awaited<ReturnType<typeof loginSettings>>
let login: Login
let token: string
beforeAll(async () => {
  settings = await loginSettings()
  login = await startLogin(settings)
  token = (await login.tokens(await login.clientId())).access_token
  expect((await login.http.call(token)).status).toBe(200)
})

test('with another key it is refused', async () => {
  expect((await httpApp({ ...(await loginSettings()) }).call(token)).status).toBe(401)
})

test.each(['http://localhost:4848', 'http://127.0.0.1:4747', 'http://[::1]:4747', 'http://localhost'])(
  'with the same key at %s it is refused',
  async (PUBLIC_URL) => {
    const response = await httpApp({ ...settings, PUBLIC_URL }).request(`${PUBLIC_URL}/mcp`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    })
    expect(response.status).toBe(401)
  },
)

test('where the local issuer alone is trusted it is refused: its issuer is another', async () => {
  expect((await httpApp({ LOCAL_JWKS: settings.LOCAL_JWKS }).call(token)).status).toBe(401)
})

test('in production it is refused', async () => {
  const production = httpApp({
    ENVIRONMENT: 'production',
    PUBLIC_URL: 'http://localhost:4747',
    AUTH_ISSUER: 'https://issuer.example.com',
  })
  expect((await production.call(token)).status).toBe(401)
})
