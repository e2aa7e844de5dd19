/** The embedder for OpenAI's protocol against a real HTTP server that behaves, and one that does not. */

import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { listen } from '../../../scripts/check/listen.ts'
import { EMBEDDING_DIMENSIONS } from '../../../src/embedding/embedding.ts'
import { createOpenAiEmbedder } from '../../../src/embedding/openai.ts'
import { errorFields } from '../../../src/infra/observability/log.ts'

const KEY = 'sk-only-for-tests'
const signal = new AbortController().signal
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  const port = await listen(server)
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${port}/v1`
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** Embeds one text through a server that answers with this. */
async function answered(status: number, body: unknown, headers: Record<string, string> = {}) {
  const url = await serve((_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  return createOpenAiEmbedder({ url, model: 'm', key: KEY }).embed(['text'], signal)
}

const one = (embedding: unknown, index = 0) => ({ object: 'list', data: [{ index, embedding }] })

describe('an embedder of the OpenAI protocol', () => {
  test('sends model, texts and key, and puts the vectors in the order of their index', async () => {
    const seen: unknown[] = []
    const url = await serve(async (request, response) => {
      seen.push(
        request.method,
        request.url,
        request.headers.authorization,
        JSON.parse(await readBody(request)),
      )
      response.end(
        JSON.stringify({
          data: [
            { index: 1, embedding: [0, 1] },
            { index: 0, embedding: [1, 0] },
          ],
        }),
      )
    })
    const embedder = createOpenAiEmbedder({ url: `${url}/`, model: 'small', key: KEY })
    const [first, second] = await embedder.embed(['a', 'b'], signal)
    expect(seen).toEqual([
      'POST',
      '/v1/embeddings',
      `Bearer ${KEY}`,
      { model: 'small', input: ['a', 'b'], encoding_format: 'float' },
    ])
    expect(first).toHaveLength(EMBEDDING_DIMENSIONS)
    expect(Array.from(first?.slice(0, 3) ?? [])).toEqual([1, 0, 0])
    expect(Array.from(second?.slice(0, 3) ?? [])).toEqual([0, 1, 0])
    expect(embedder.model).toBe('small')
  })

  test('sends no Authorization where there is no key', async () => {
    let authorization: string | undefined = 'never asked'
    const url = await serve((request, response) => {
      authorization = request.headers.authorization
      response.end(JSON.stringify(one([1])))
    })
    await createOpenAiEmbedder({ url, model: 'm' }).embed(['text'], signal)
    expect(authorization).toBeUndefined()
  })

  test.each([
    { status: 401, code: 'UNAVAILABLE', retryable: false },
    { status: 404, code: 'UNAVAILABLE', retryable: false },
    { status: 429, code: 'RATE_LIMITED', retryable: true },
    { status: 500, code: 'UNAVAILABLE', retryable: true },
  ])(
    'answers a $status with $code, and keeps the service’s own words from caller and log',
    async ({ status, ...expected }) => {
      const failure: unknown = await answered(status, {
        error: { message: `Incorrect API key provided: ${KEY}` },
      }).catch((thrown) => thrown)
      expect(failure).toMatchObject({ name: 'RowgateError', ...expected })
      const { error } = errorFields(failure)
      expect(error).toContain(`The embedding service answered with HTTP status ${status}.`)
      expect(error).not.toContain(KEY)
    },
  )

  test('quotes nothing of an answer that is no JSON', async () => {
    const failure: unknown = await answered(200, `not JSON: ${KEY}`).catch((thrown) => thrown)
    expect(errorFields(failure).error).toMatch(/it is not JSON\.$/)
  })

  test.each([
    { name: 'no JSON', body: '<html>' },
    { name: 'another form', body: { vectors: [[1]] } },
    { name: 'too few vectors', body: { data: [] } },
    { name: 'too many vectors', body: { data: [...one([1]).data, ...one([1], 1).data] } },
    { name: 'no dimension', body: one([]) },
    { name: 'more dimensions than are stored', body: one(new Array(EMBEDDING_DIMENSIONS + 1).fill(0.1)) },
    { name: 'values that are no numbers', body: one(['NaN']) },
    { name: 'a number beyond all numbers', body: '{"data":[{"index":0,"embedding":[1e999]}]}' },
  ])('refuses an answer with $name', async ({ body }) => {
    await expect(answered(200, body)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: false })
  })

  test('follows no redirect, so that the key goes nowhere else', async () => {
    let visited = false
    const elsewhere = await serve((_, response) => {
      visited = true
      response.end(JSON.stringify(one([1])))
    })
    await expect(answered(307, '', { Location: `${elsewhere}/embeddings` })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect(visited).toBe(false)
  })

  test('gives up at its deadline', async () => {
    const url = await serve(() => undefined)
    await expect(
      createOpenAiEmbedder({ url, model: 'm', timeoutMs: 20 }).embed(['text'], signal),
    ).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('in time'),
    })
  })

  test('stops waiting when the call is cancelled', async () => {
    const caller = new AbortController()
    const url = await serve(() => caller.abort())
    await expect(
      createOpenAiEmbedder({ url, model: 'm' }).embed(['text'], caller.signal),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'The call was cancelled.' })
  })

  test('says so when nobody listens', async () => {
    const url = await serve(() => undefined)
    for (const close of closers.splice(0)) await close()
    await expect(createOpenAiEmbedder({ url, model: 'm' }).embed(['text'], signal)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    })
  })
})
