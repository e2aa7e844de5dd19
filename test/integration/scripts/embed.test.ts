/**
 * Vectors of another model for the catalogue, and the search that uses them once the Worker is switched to
 * it.
 */

import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen } from '../../../scripts/check/listen.ts'
import { embedCatalogue } from '../../../scripts/examples/retail/embed/catalogue.ts'
import { seed } from '../../../scripts/examples/retail/seed.ts'
import { createOpenAiEmbedder } from '../../../src/embedding/openai.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { runRowgate } from '../../support/product/script.ts'
import { startEmbedded } from '../../support/servers/databases.ts'
import { absent } from '../../support/skip-without.ts'

const MODEL = "letters'; drop table retail.products; --"
let rowgate: Rowgate
let url: string
let asked = 0

/** A model that knows a text's letters only, 26 dimensions. */
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString()
  })
  request.on('end', () => {
    const { input }: { input: string[] } = JSON.parse(body)
    asked += input.length
    const data = input.map((text, index) => ({
      index,
      embedding: Array.from(
        'abcdefghijklmnopqrstuvwxyz',
        (letter) => text.toLowerCase().split(letter).length - 1,
      ),
    }))
    response.end(JSON.stringify({ data }))
  })
})

describe.skipIf(absent('retail'))('npm run embed', () => {
  beforeAll(async () => {
    const port = await listen(server)
    url = `http://127.0.0.1:${port}`
    rowgate = await startRowgate({
      database: startEmbedded,
      env: { EMBEDDER: 'openai', EMBEDDER_URL: url, EMBEDDER_MODEL: MODEL },
    })
    await seed(rowgate.database.endpoint.owner, '2026-11-21')
  })
  afterAll(async () => {
    await rowgate.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const search = (args: object) =>
    rowgate.call('alice', 'semantic_search_products', { text: 'jazz quiz', ...args })

  test('a search by a model that has no vectors says so, and finds nothing of another model', async () => {
    expect((await search({})).error).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('embeds it with this model first'),
    })
  })

  test('the catalogue is embedded once, anew where a text has changed, and then found', async () => {
    const { owner } = rowgate.database.endpoint
    const embedder = createOpenAiEmbedder({ url, model: MODEL })
    asked = 0
    expect(await embedCatalogue(owner, embedder)).toBe(400)
    expect(await embedCatalogue(owner, embedder)).toBe(0)
    expect(asked).toBe(400)
    await owner(`update retail.products set name = 'Zzzzz', description = 'Zzzzzzzzzzzzzzz', updated_at = now()
    where sku = 'LM-0007'`)
    expect(await embedCatalogue(owner, embedder)).toBe(1)
    const { data } = await search({ text: 'zzzz zzzzzz', max_rows: 1, similarity_threshold: 0 })
    expect(data).toMatchObject({ model: MODEL, truncated: true })
    expect(data.rows[0][1]).toBe('Zzzzz')
  })

  test.each([
    [
      { EMBEDDER: 'workers-ai', DATABASE_OWNER_URL: 'postgres://me:secret@127.0.0.1:1/x' },
      /inside Cloudflare/,
    ],
    [{ EMBEDDER: 'openai', DATABASE_OWNER_URL: 'postgres://me:secret@127.0.0.1:1/x' }, /^EMBEDDER_URL/],
    [{ DATABASE_OWNER_URL: '' }, /^DATABASE_OWNER_URL is not set/],
    [{ DATABASE_OWNER_URL: 'postgres://me:secret@127.0.0.1:1/x' }, /cannot be reached/],
  ])('refuses %o with one sentence', async (env, words) => {
    const { code, stdout, stderr } = await runRowgate(['embed'], env).finished
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(words)
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect(stderr).not.toContain('secret')
  })
})
