/** REQUEST_TIMEOUT_MS is for a call as a whole: what it waited for elsewhere is not given to the database once more. */

import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { EMBEDDING_DIMENSIONS } from '../../src/data/connections.ts'
import { absent } from '../support/absent.ts'
import { listen } from '../support/listen.ts'
import { startWorld } from '../support/world.ts'

const REQUEST_TIMEOUT_MS = 1_000

test.skipIf(absent('retail'))(
  'a call whose embedder took all its time has none left for the database',
  async () => {
    const embedding = Array.from({ length: EMBEDDING_DIMENSIONS }, () => 1)
    const slow = createServer(async (_, response) => {
      await setTimeout(REQUEST_TIMEOUT_MS + 1)
      response.end(JSON.stringify({ data: [{ index: 0, embedding }] }))
    })
    const world = await startWorld({
      env: {
        REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
        EMBEDDER: 'openai',
        EMBEDDER_URL: `http://127.0.0.1:${await listen(slow)}/v1`,
        EMBEDDER_MODEL: 'slow',
      },
    })
    const asked = world.database.endpoint.requests()
    const { error } = await world.call('ada', 'semantic_search_products', { text: 'a drill' })
    expect(error?.code).toBe('QUERY_TIMEOUT')
    expect(world.database.endpoint.requests()).toBe(asked)
    await world.close()
    slow.close()
  },
)
