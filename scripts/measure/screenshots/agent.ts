/** An agent that logs in through a browser's page, and asks for a write that its user has to approve. */

import { createHash, randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'

/** Nothing listens there: the browser is stopped on its way. */
const CALLBACK = 'http://localhost:9/callback'

/** Alice at the consent page. */
export async function consent(page: Page, ...scopes: readonly string[]): Promise<void> {
  await page.getByRole('radio', { name: 'alice', exact: true }).check()
  for (const scope of scopes) await page.getByRole('checkbox', { name: scope }).check()
  await page.getByRole('button', { name: 'Allow' }).click()
}

async function post(url: string, body: object | URLSearchParams, token?: string) {
  const isForm = body instanceof URLSearchParams
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...(!isForm && { 'Content-Type': 'application/json' }),
      Accept: 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: isForm ? body : JSON.stringify(body),
  })
  return await response.json()
}

/** The address at which its user approves an update of a repair. */
export async function askForUpdate(page: Page, origin: string): Promise<string> {
  const metadata = await (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json()
  const client = { client_name: 'Claude', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' }
  const { client_id } = await post(metadata.registration_endpoint, client)
  const verifier = randomBytes(32).toString('base64url')
  const url = new URL(metadata.authorization_endpoint)
  url.search = String(
    new URLSearchParams({
      ...{ response_type: 'code', client_id, redirect_uri: CALLBACK, resource: `${origin}/mcp` },
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }),
  )
  await page.route(`${CALLBACK}**`, (route) => route.fulfill({ body: 'Back in the agent.' }))
  await page.goto(url.href)
  await consent(page, 'rows:write')
  await page.waitForURL(`${CALLBACK}**`)
  const form = {
    grant_type: 'authorization_code',
    client_id,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  }
  const code = new URL(page.url()).searchParams.get('code') ?? ''
  const { access_token } = await post(metadata.token_endpoint, new URLSearchParams({ ...form, code }))
  const values = { complaint: 'Gears slip: the chain is worn', status: 'ready', price: 48 }
  const call = { name: 'update_row', arguments: { table: 'repairs', key: 2, values } }
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }
  const { result } = await post(`${origin}/mcp`, request, access_token)
  return result.structuredContent.error.details.approve_at
}
