/**
 * Every refusal of the edge is a JSON-RPC error with a null id: Python's SDK shows nothing of any other body.
 */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../scripts/check/issuer.ts'
import { type HttpApp, httpAppOf } from '../../support/product/http-app.ts'

let issuer: Issuer
let token: string
let front: HttpApp
beforeAll(async () => {
  issuer = await startIssuer()
  token = await issuer.sign()
  front = httpAppOf(issuer)
})
afterAll(() => issuer[Symbol.asyncDispose]())

const json = { 'Content-Type': 'application/json' }
const signed = () => ({ ...json, Authorization: `Bearer ${token}` })

const REFUSED: [string, number, () => Promise<Response> | Response][] = [
  ['no token', 401, () => front.call()],
  ['a token that is none', 401, () => front.call('abc')],
  ['a token without its scheme', 401, () => front.call(undefined, { Authorization: token })],
  ['two tokens', 400, () => front.call(undefined, { Authorization: `Bearer ${token}, Bearer ${token}` })],
  ['a token in the URL', 400, () => front.request(`/mcp?access_token=${token}`, { method: 'POST' })],
  ['a scope that is missing', 403, async () => front.call(await issuer.sign({ scope: 'other' }))],
  ['a foreign origin', 403, () => front.call(token, { Origin: 'https://evil.example' })],
  ['another path', 404, () => front.request('/mcpx', { method: 'POST' })],
  ['GET', 405, () => front.request('/mcp')],
  ['DELETE', 405, () => front.request('/mcp', { method: 'DELETE' })],
  ['a body too large', 413, () => post('x'.repeat(1_100_000))],
  ['another media type', 415, () => post('{}', { ...signed(), 'Content-Type': 'text/plain' })],
  ['what is no JSON', 400, () => post('{')],
  ['a foreign host', 421, () => front.request('http://evil.example/mcp', { method: 'POST' })],
]

function post(body: string, headers: Record<string, string> = signed()): Promise<Response> {
  return front.request('/mcp', { method: 'POST', headers, body })
}

test.each(REFUSED)('%s: %i', async (_, status, ask) => {
  const response = await ask()
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toMatchObject({
    jsonrpc: '2.0',
    id: null,
    error: { code: expect.any(Number), message: expect.stringMatching(/^[A-Z].*\.$/) },
  })
})

test("what OAuth's clients read of a refused token is in the error's data", async () => {
  const { error } = (await (await front.call('abc')).json()) as { error: { data: unknown } }
  expect(error.data).toEqual({ error: 'invalid_token', error_description: expect.stringMatching(/^The/) })
})

test('a token without its scheme is told what is missing, in the body and in the challenge', async () => {
  const response = await front.call(undefined, { Authorization: token })
  expect(response.headers.get('WWW-Authenticate')).toMatch(/error_description="[^"]*write Bearer/)
  expect(await response.text()).toContain('write Bearer and a blank before it')
})

test.each(['/mcp/', '/mcp/?read_only=true'])('%s is served as /mcp', async (path) => {
  const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}'
  expect((await front.request(path, { method: 'POST', headers: signed(), body })).status).toBe(200)
  const refused = await front.request(path, { method: 'POST', headers: json, body })
  expect(refused.headers.get('WWW-Authenticate')).toContain('/.well-known/oauth-protected-resource')
})
