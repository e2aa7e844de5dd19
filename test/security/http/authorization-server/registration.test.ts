/** Threat: a registration that was never made here, or not like this. */

import { beforeAll, expect, test } from 'vitest'
import { type Login, startLogin } from '../../../support/product/login.ts'

let login: Login
let clientId: string
beforeAll(async () => {
  login = await startLogin()
  clientId = await login.clientId()
})

function altered(id: string, change: (registration: { redirectUris: string[] }) => void): string {
  const [content = '', mac = ''] = id.split('.')
  const registration = JSON.parse(Buffer.from(content, 'base64url').toString())
  change(registration)
  return `${Buffer.from(JSON.stringify(registration)).toString('base64url')}.${mac}`
}

const forged: [string, () => string | Promise<string>][] = [
  ['made up', () => 'client'],
  [
    'with another redirect URI',
    () => altered(clientId, (all) => all.redirectUris.push('https://evil.example/cb')),
  ],
  ['without its signature', () => clientId.split('.')[0] ?? ''],
  ['with an empty signature', () => `${clientId.split('.')[0]}.`],
  ['with another signature', () => `${clientId.split('.')[0]}.${'A'.repeat(43)}`],
  ['with something behind', () => `${clientId}.x`],
  ['with its signature spelled otherwise', () => `${clientId}=`],
  ['of another deployment', async () => (await startLogin()).clientId()],
  ['that is a refresh token', async () => (await login.tokens(clientId)).refresh_token],
  [
    'that is a form’s token',
    async () => {
      const { form } = await login.open(await login.authorizeUrl({ client_id: clientId }))
      return form.get('csrf') ?? ''
    },
  ],
  ['that is a URL', () => 'https://evil.example/client.json'],
]

test.each(forged)('a client id %s opens no page and sends nobody anywhere', async (_, make) => {
  const client_id = await make()
  for (const redirect_uri of [undefined, 'https://evil.example/cb']) {
    const url = await login.authorizeUrl({ client_id, ...(redirect_uri && { redirect_uri }) })
    const { response, html } = await login.open(url)
    expect(response.status).toBe(400)
    expect(response.headers.get('Location')).toBeNull()
    expect(html).not.toContain('<form')
  }
  expect((await login.exchange(client_id, 'x')).status).toBe(401)
})

test('the last letter of a signature has one spelling', async () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const opened: string[] = []
  for (const letter of letters) {
    const client_id = clientId.slice(0, -1) + letter
    const { response } = await login.open(await login.authorizeUrl({ client_id }))
    if (response.status === 200) opened.push(client_id)
  }
  expect(opened).toEqual([clientId])
})

test.each([
  'javascript:alert(1)',
  'javascript://x/%0aalert(1)',
  'JavaScript://x',
  'data:text/html,x',
  'data://x',
  'vbscript://x',
  'file:///etc/passwd',
  'blob:https://evil.example/x',
  'http://evil.example/callback',
  'http://localhost.evil.example/callback',
  'http://localhost@evil.example/callback',
  'http://user:password@localhost/callback',
  'http://localhost\\@evil.example/callback',
  'http://localhost/callback#fragment',
  'https://app.example/callback#',
  'http://local\thost/callback',
  ' http://localhost/callback',
  'http://localhost/čb',
  '//localhost/callback',
  '/callback',
  'cursor:callback',
  '',
])('%j is no redirect URI, and spoils the registration that holds it', async (uri) => {
  const response = await login.register({ redirect_uris: ['http://localhost/callback', uri] })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: 'invalid_redirect_uri' })
})

test.each([
  ['markup', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
  ['quotes', '"\'>', '&quot;&#39;&gt;'],
  ['characters that turn text around', 'a\u202Etxt', 'a txt'],
  ['line ends', 'a\r\nb', 'a b'],
  ['nothing but blanks', ' \u200b ', 'A client without a name'],
  ['no text', 7, 'A client without a name'],
])('a name with %s is shown as text', async (_, client_name, shown) => {
  const client_id = await login.clientId({ client_name })
  const { html } = await login.open(await login.authorizeUrl({ client_id }))
  expect(html).toContain(`<h1>Allow ${shown} to use Rowgate?</h1>`)
})

test('a long name is cut', async () => {
  const { client_name } = (await (await login.register({ client_name: 'a'.repeat(500) })).json()) as {
    client_name: string
  }
  expect(client_name).toHaveLength(80)
})
