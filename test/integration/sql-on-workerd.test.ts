/** The SQL tools on the real runtime: the parser's WebAssembly loads there, and outlives a query that it cannot hold. */

import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHarness } from 'wrangler'
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
  const key = await makeKey('local')
  token = await new SignJWT({ scope: 'sql:read' })
    .setProtectedHeader({ alg: 'ES256', kid: 'local' })
    .setIssuer(LOCAL_ISSUER)
    .setAudience(LOCAL_ISSUER)
    .setSubject('ada')
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

async function query(sql: string): Promise<unknown> {
  const response = await server.fetch('/mcp', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'MCP-Protocol-Version': '2025-06-18',
      Authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'query', arguments: { sql } },
    }),
  })
  const answer = (await response.json()) as { result?: { structuredContent?: unknown } }
  return answer.result?.structuredContent ?? answer
}

test('a query is judged and runs', async () => {
  expect(await query('select count(*) from tasks')).toMatchObject({
    status: 'success',
    data: { rows: [[0]] },
  })
  expect(await query("select ('x'::text).pg_read_file")).toMatchObject({ error: { code: 'QUERY_REJECTED' } })
})

test.each([
  ['parentheses', `select ${'('.repeat(5_000)}1${')'.repeat(5_000)}`],
  ['sums', `select 1${'+1'.repeat(9_000)}`],
  ['unions', `select 1${' union select 1'.repeat(1_200)}`],
  ['CASE', `select ${'case when true then '.repeat(700)}1${' end'.repeat(700)}`],
  ['columns', `select ${'a.b,'.repeat(4_900)}1`],
])('thousands of %s are answered, and the next query too', async (_, sql) => {
  expect(await query(sql)).toHaveProperty('status')
  expect(await query('select 1 as one')).toMatchObject({ data: { rows: [[1]] } })
})
