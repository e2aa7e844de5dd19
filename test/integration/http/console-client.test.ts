/** The console tells issuers and its own page which OAuth client it is. */

import { expect, test } from 'vitest'
import { httpApp } from '../../support/product/http-app.ts'

const settings = {
  AUTH_ISSUER: 'https://issuer.example.com',
  PUBLIC_URL: 'https://rowgate.example.com',
  ENVIRONMENT: 'production',
}

async function metadata(env: Readonly<Record<string, string>>) {
  const response = await httpApp({ ...settings, ...env }).request(
    'https://rowgate.example.com/console/client.json',
  )
  return [response.status, await response.json()]
}

test('the document is its own client id, and redirects to the console alone', async () => {
  expect(await metadata({})).toEqual([
    200,
    expect.objectContaining({
      client_id: 'https://rowgate.example.com/console/client.json',
      redirect_uris: ['https://rowgate.example.com/console/'],
      token_endpoint_auth_method: 'none',
    }),
  ])
})

test('a registered client id is told instead', async () => {
  expect(await metadata({ CONSOLE_CLIENT_ID: '0oa1b2' })).toEqual([
    200,
    expect.objectContaining({ client_id: '0oa1b2' }),
  ])
})

test('a foreign host is told nothing', async () => {
  const response = await httpApp(settings).request('https://evil.com/console/client.json')
  expect(response.status).toBe(421)
})
