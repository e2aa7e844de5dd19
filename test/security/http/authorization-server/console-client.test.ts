/** Threat: a client of an agent's that the login of `npm start` takes for the console, which may approve. */

import { beforeAll, expect, test } from 'vitest'
import { CALLBACK, type Login, ORIGIN, startLogin, type Tokens } from '../../../support/product/login.ts'

const CONSOLE = `${ORIGIN}/console/`
const CONSOLE_ID = `${ORIGIN}/console/client.json`

let login: Login
beforeAll(async () => {
  login = await startLogin()
})

/** The client that the access token names. */
function clientIn(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).client_id
}

async function loggedIn(redirectUris: readonly string[], sentTo: string, name = 'Rowgate console') {
  const clientId = await login.clientId({ redirect_uris: redirectUris, client_name: name })
  const code = (await login.code(clientId, { redirect_uri: sentTo })).get('code')
  const exchanged = await login.exchange(clientId, code, { redirect_uri: sentTo })
  const tokens = (await exchanged.json()) as Tokens
  const refresh = { grant_type: 'refresh_token', client_id: clientId, refresh_token: tokens.refresh_token }
  const refreshed = (await (await login.token(refresh)).json()) as { access_token: string }
  return [clientIn(tokens.access_token), clientIn(refreshed.access_token)]
}

test('the client whose code went to the page of this origin is the console, after a refresh too', async () => {
  expect(await loggedIn([CONSOLE], CONSOLE)).toEqual([CONSOLE_ID, CONSOLE_ID])
})

test.each([
  ['whose code went to another port', [CONSOLE], 'http://localhost:33418/console/'],
  [
    'whose code went to 127.0.0.1',
    [CONSOLE, 'http://127.0.0.1:4747/console/'],
    'http://127.0.0.1:4747/console/',
  ],
  ['with the page among its redirect URIs', [CONSOLE, CALLBACK], CALLBACK],
  ['whose page is below the console’s', [`${CONSOLE}x`], `${CONSOLE}x`],
  ['whose page has a query', [`${CONSOLE}?a=b`], `${CONSOLE}?a=b`],
])('a client %s is not', async (_, uris, sentTo) => {
  const [first, refreshed] = await loggedIn(uris, sentTo)
  expect([first, refreshed]).toEqual([first, first])
  expect(first).not.toBe(CONSOLE_ID)
})

test('a client that calls itself by the console’s id is not', async () => {
  const [first] = await loggedIn([CALLBACK], CALLBACK, CONSOLE_ID)
  expect(first).not.toBe(CONSOLE_ID)
  expect(first).toContain(CONSOLE_ID)
})
