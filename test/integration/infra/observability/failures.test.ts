/** The log of a service's error that repeats what it was sent, key and all. */

import { createServer } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { listen } from '../../../../scripts/check/listen.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { absent } from '../../../support/skip-without.ts'

const SENTINEL = 'hunter2'
const KEY = 'sk-only-for-tests'
const LOUD = { LOG_LEVEL: 'debug', SLOW_QUERY_MS: '0' }

let rowgate: Rowgate
let lines: string[] = []
beforeEach(() => {
  lines = []
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line))
})
afterEach(() => void vi.restoreAllMocks())

/** Calls the tool, and gives what the one line says that tells why it failed. */
async function failed(tool: string, args: Record<string, unknown>): Promise<unknown> {
  expect((await rowgate.call('ada', tool, args)).status).toBe('error')
  await rowgate.settled()
  expect(lines.join('\n')).not.toContain(SENTINEL)
  expect(lines.join('\n')).not.toContain(KEY)
  const told = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'tool_failed')
  expect(told).toHaveLength(1)
  return told[0].error
}

const search = ['semantic_search_products', { text: SENTINEL }] as const

describe('the log has no body of', () => {
  /** The answer of both services: what they were sent. */
  let status = 200
  const echo = createServer(async (request, response) => {
    let text = String(request.headers.authorization)
    for await (const chunk of request) text += String(chunk)
    response.writeHead(status).end(text)
  })
  beforeAll(async () => {
    const url = `http://127.0.0.1:${await listen(echo)}`
    const embedder = { EMBEDDER: 'openai', EMBEDDER_URL: url, EMBEDDER_MODEL: 'm', EMBEDDER_KEY: KEY }
    rowgate = await startRowgate({ env: { ...LOUD, ...embedder, DATABASE_FETCH_ENDPOINT: url } })
  })
  afterAll(async () => {
    await rowgate?.close()
    echo.closeAllConnections()
    echo.close()
  })

  test.skipIf(absent('retail')).each([400, 401, 500])('an embedder that answers %i', async (given) => {
    status = given
    expect(await failed(...search)).toContain(`HTTP status ${status}`)
  })

  test.skipIf(absent('retail'))('an embedder that answers 200, and no JSON', async () => {
    status = 200
    expect(await failed(...search)).toMatch(/it is not JSON\.$/)
  })

  test.each([400, 401, 500])('a database’s endpoint that answers %i', async (given) => {
    status = given
    expect(await failed('add_task', { title: SENTINEL })).toContain(`HTTP status ${status}`)
  })
})

describe.skipIf(absent('retail'))('the log has the number alone of what Workers AI throws', () => {
  let words = ''
  beforeAll(async () => {
    const run = (_: string, input: unknown) => Promise.reject(new Error(`${words} ${JSON.stringify(input)}`))
    rowgate = await startRowgate({ env: { ...LOUD, EMBEDDER: 'workers-ai' }, bindings: { AI: { run } } })
  })
  afterAll(() => rowgate?.close())

  test.each([
    ['5007: No such model', 'number 5007'],
    ['Network connection lost', 'no number'],
  ])('%s', async (given, said) => {
    words = given
    expect(await failed(...search)).toContain(said)
  })
})
