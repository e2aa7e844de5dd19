/** Threat: the login as a way to any other address, with a code or without. */

import { beforeAll, describe, expect, test } from 'vitest'
import { CALLBACK, type Login, ORIGIN, startLogin } from '../../../support/product/login.ts'

let login: Login
beforeAll(async () => {
  login = await startLogin()
})

async function openWith(registered: readonly string[], redirect_uri: string | undefined) {
  const client_id = await login.clientId({ redirect_uris: registered })
  return await login.open(await login.authorizeUrl({ client_id, redirect_uri }))
}

test.each<[registered: string, asked: string | undefined]>([
  ['https://app.example/cb', 'https://evil.example/cb'],
  ['https://app.example/cb', 'https://app.example/cb/../other'],
  ['https://app.example/cb', 'https://app.example/cb?x=1'],
  ['https://app.example/cb', 'https://app.example:444/cb'],
  ['https://app.example/cb', 'https://APP.example/cb'],
  ['https://app.example/cb', 'http://app.example/cb'],
  ['https://app.example/cb', 'https://app.example@evil.example/cb'],
  ['https://app.example/cb', undefined],
  ['cursor://oauth/callback', 'cursor://other/callback'],
  ['cursor://oauth/callback', 'https://evil.example/callback'],
  [CALLBACK, 'https://localhost:33418/callback'],
  [CALLBACK, 'http://localhost:33418/other'],
  [CALLBACK, 'http://localhost:33418/callback?next=x'],
  [CALLBACK, 'http://127.0.0.1:33418/callback'],
  [CALLBACK, 'http://localhost:33418@evil.example/callback'],
  [CALLBACK, 'http://evil.example:33418/callback'],
  [CALLBACK, 'javascript:alert(1)'],
])('of a client of %s nobody is sent to %s', async (registered, asked) => {
  const { response, html } = await openWith([registered], asked)
  expect(response.status).toBe(400)
  expect(response.headers.get('Location')).toBeNull()
  expect(html).not.toContain('evil.example')
})

test.each([
  ['http://localhost/callback', 'http://localhost:52110/callback'],
  ['http://127.0.0.1:33418/', 'http://127.0.0.1:1/'],
  ['http://[::1]/cb?x=1', 'http://[::1]:8080/cb?x=1'],
])('on loopback the port is free (RFC 8252): %s, %s', async (registered, asked) => {
  expect((await openWith([registered], asked)).response.status).toBe(200)
})

test('of three registered addresses the code goes to the one that asked', async () => {
  const redirect_uris = [
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'https://www.cursor.com/cb',
    CALLBACK,
  ]
  const client_id = await login.clientId({ redirect_uris })
  for (const redirect_uri of redirect_uris) {
    const page = await login.open(await login.authorizeUrl({ client_id, redirect_uri }))
    const location = (await login.answer(page)).headers.get('Location')
    expect(location?.startsWith(`${redirect_uri}?code=`)).toBe(true)
  }
})

describe('what is sent back', () => {
  test('keeps the address’ own query, and its state cannot add a parameter', async () => {
    const redirect_uri = 'http://localhost:1/cb?a=b'
    const client_id = await login.clientId({ redirect_uris: [redirect_uri] })
    const state = 'x&code=forged#y\r\nSet-Cookie: a=b'
    const page = await login.open(await login.authorizeUrl({ client_id, redirect_uri, state }))
    const location = (await login.answer(page)).headers.get('Location') ?? ''
    const url = new URL(location)
    expect(url.searchParams.getAll('code')).toHaveLength(1)
    expect(url.searchParams.get('state')).toBe(state)
    expect(url.searchParams.get('a')).toBe('b')
    expect(url.hash).toBe('')
  })

  test('is seen by no third site', async () => {
    const page = await login.open(await login.authorizeUrl({ client_id: await login.clientId() }))
    const response = await login.answer(page)
    expect(response.status).toBe(303)
    expect(response.headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(response.headers.get('Cache-Control')).toBe('no-store')
  })
})

test.each([
  'https://other.example/mcp',
  `${ORIGIN}/`,
  `${ORIGIN}/mcp2`,
  `${ORIGIN}/mcp/x`,
  'http://localhost:1/mcp',
  'http://127.0.0.1:4747/mcp',
  `${ORIGIN}/mcp#x`,
  'http://a:b@localhost:4747/mcp',
  'mcp',
])('a request for the resource %s is refused (RFC 8707)', async (resource) => {
  const { response } = await login.open(
    await login.authorizeUrl({ client_id: await login.clientId(), resource }),
  )
  const back = new URL(response.headers.get('Location') ?? '').searchParams
  expect(Object.fromEntries(back)).toMatchObject({ error: 'invalid_target', state: 'the state', iss: ORIGIN })
})
