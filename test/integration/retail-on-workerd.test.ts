/** Search by meaning on the real runtime: the word vectors arrive there as a data module. */

import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHarness } from 'wrangler'
import { seed } from '../../scripts/seed/retail.ts'
import { LOCAL_ISSUER } from '../../src/http/local-issuer.ts'
import { databases, type TestDatabase } from '../support/database.ts'
import { makeKey } from '../support/issuer.ts'

let database: TestDatabase
let server: ReturnType<typeof createTestHarness>
let token: string

beforeAll(async () => {
  const [embedded] = databases
  if (embedded === undefined) throw new Error('There is always the embedded Postgres.')
  database = await embedded.start()
  await seed(database.endpoint.owner, '2026-11-21')
  const key = await makeKey('local')
  token = await new SignJWT({ scope: 'retail:read' })
    .setProtectedHeader({ alg: 'ES256', kid: 'local' })
    .setIssuer(LOCAL_ISSUER)
    .setAudience(LOCAL_ISSUER)
    .setSubject('alice')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key.privateKey)
  const vars = {
    ENVIRONMENT: 'development',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.settings.databaseUrl,
    DATABASE_FETCH_ENDPOINT: database.endpoint.url,
    IDENTITY_KEY: database.settings.identityKey,
    LOCAL_JWKS: JSON.stringify({ keys: [key.jwk] }),
  }
  const root = `${import.meta.dirname}/../..`
  server = createTestHarness({ root, workers: [{ configPath: 'wrangler.toml', vars }] })
  await server.listen()
})
afterAll(async () => {
  await server.close()
  await database.close()
})

async function call(name: string, args: object): Promise<{ status: string; data: { rows: unknown[][] } }> {
  const response = await server.fetch('/mcp', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-06-18',
      Authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  })
  const body = (await response.json()) as { result: { structuredContent: never } }
  return body.result.structuredContent
}

test('a shopper’s words find the product', async () => {
  const { data } = await call('semantic_search_products', { text: 'soil for blueberries', max_rows: 3 })
  expect(data.rows[0]?.[1]).toBe('Ericaceous Compost 40 L')
})

test('a store’s figures and insights are computed', async () => {
  const answer = await call('get_store_performance', {
    store_id: 'Larkmoor Leeds',
    from: '2026-05-01',
    to: '2026-05-31',
  })
  expect(answer).toMatchObject({
    status: 'success',
    data: { insights: expect.arrayContaining([expect.stringMatching(/^Revenue was £/)]) },
  })
})
