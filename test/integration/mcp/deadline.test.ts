/**
 * REQUEST_TIMEOUT_MS is for a call as a whole, whatever it waits for: nothing is given to one wait that
 * another has used up.
 */

import { createServer, type RequestListener } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { listen } from '../../../scripts/check/listen.ts'
import { EMBEDDING_DIMENSIONS } from '../../../src/embedding/embedding.ts'
import { startGateProxy } from '../../support/faults/gate-proxy.ts'
import { startRowgate } from '../../support/product/rowgate.ts'
import { startDatabase } from '../../support/servers/databases.ts'
import { startMongo } from '../../support/servers/mongodb.ts'
import { absent } from '../../support/skip-without.ts'

const REQUEST_TIMEOUT_MS = 1_000

describe.skipIf(absent('retail'))('a search by meaning', () => {
  async function withEmbedder(answer: RequestListener) {
    const server = createServer(answer)
    const rowgate = await startRowgate({
      env: {
        REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
        EMBEDDER: 'openai',
        EMBEDDER_URL: `http://127.0.0.1:${await listen(server)}/v1`,
        EMBEDDER_MODEL: 'slow',
      },
    })
    const asked = rowgate.database.endpoint.requests()
    const { error } = await rowgate.call('ada', 'semantic_search_products', { text: 'a drill' })
    const requests = rowgate.database.endpoint.requests() - asked
    await rowgate.close()
    server.closeAllConnections()
    server.close()
    return { error, requests }
  }

  test('whose embedder took all its time has none left for the database', async () => {
    const embedding = Array.from({ length: EMBEDDING_DIMENSIONS }, () => 1)
    const late = await withEmbedder(async (_, response) => {
      await setTimeout(REQUEST_TIMEOUT_MS + 1)
      response.end(JSON.stringify({ data: [{ index: 0, embedding }] }))
    })
    expect(late).toMatchObject({ error: { code: 'QUERY_TIMEOUT' }, requests: 0 })
  })

  test('whose embedder never answers is over when its time is', async () => {
    expect(await withEmbedder(() => undefined)).toMatchObject({
      error: {
        code: 'QUERY_TIMEOUT',
        message: 'The call ran out of time while it waited for another service.',
        retryable: true,
      },
    })
  })
})

const waits = 'a write that waits for its row in the audit log waits no longer than the call may take'
test.skipIf(absent('people'))(waits, async () => {
  const [database, mongo] = [await startDatabase(), await startMongo()]
  const proxy = await startGateProxy(database.endpoint.url, (body) => body.includes('audit_later'))
  const rowgate = await startRowgate({
    database: async () => database,
    env: {
      AUDIT_FIRST: 'true',
      DATABASE_FETCH_ENDPOINT: proxy.url,
      MONGODB_URL: mongo.url,
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
    },
  })
  proxy.shut()
  const { error } = await rowgate.call('ada', 'create_user_mongo', { name: 'Ada', email: 'ada@example.com' })
  expect(error?.code).toBe('QUERY_TIMEOUT')
  proxy.open()
  expect((await rowgate.call('ada', 'find_users_mongo')).data.row_count).toBe(0)
  await rowgate.settled()
  await rowgate.close()
  await proxy.close()
  await mongo.close()
})
