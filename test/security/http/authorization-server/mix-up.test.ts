/** Threat: an answer taken for that of another authorization server (mix-up, RFC 9207). */

import { beforeAll, expect, test } from 'vitest'
import { type Login, startLogin } from '../../../support/product/login.ts'

let login: Login
let issuer: string
let clientId: string
beforeAll(async () => {
  login = await startLogin()
  clientId = await login.clientId()
  const response = await login.http.request('/.well-known/oauth-authorization-server')
  const metadata = (await response.json()) as Record<string, unknown>
  expect(metadata.authorization_response_iss_parameter_supported).toBe(true)
  issuer = String(metadata.issuer)
})

test('a code, a no and an error each say whose answer they are', async () => {
  expect((await login.code(clientId)).get('iss')).toBe(issuer)
  expect((await login.code(clientId, {}, { decision: 'deny' })).get('iss')).toBe(issuer)
  const { response } = await login.open(
    await login.authorizeUrl({ client_id: clientId, response_type: 'token' }),
  )
  const back = new URL(response.headers.get('Location') ?? '').searchParams
  expect(back.get('error')).toBe('unsupported_response_type')
  expect(back.getAll('iss')).toEqual([issuer])
})

test('the client cannot choose whose answer it seems', async () => {
  const url = await login.authorizeUrl({ client_id: clientId, iss: 'https://evil.example' })
  const response = await login.answer(await login.open(url))
  expect(new URL(response.headers.get('Location') ?? '').searchParams.getAll('iss')).toEqual([issuer])
})

test.each(['http://localhost:4747', 'http://127.0.0.1:4747', 'http://[::1]:9000'])(
  '%s is an issuer of its own, on which its metadata, pages and answers agree',
  async (origin) => {
    const { http, clientId, authorizeUrl, open } = await startLogin({ PUBLIC_URL: undefined })
    const metadata = await http.request(`${origin}/.well-known/oauth-authorization-server`)
    expect(await metadata.json()).toMatchObject({ issuer: origin, token_endpoint: `${origin}/token` })
    const resource = await http.request(`${origin}/.well-known/oauth-protected-resource/mcp`)
    expect(await resource.json()).toMatchObject({ authorization_servers: [origin] })
    const url = await authorizeUrl({ client_id: await clientId(), resource: 'https://other.example/mcp' })
    const { response } = await open(origin + url)
    expect(new URL(response.headers.get('Location') ?? '').searchParams.get('iss')).toBe(origin)
  },
)
