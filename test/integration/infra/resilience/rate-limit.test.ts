/** One caller's limits, for which nobody else pays: calls a minute in workerd, and calls at the same time. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { unstable_readConfig } from 'wrangler'
import { RATE_PERIOD_S } from '../../../../src/infra/resilience/rate-limit.ts'
import { startGateProxy } from '../../../support/faults/gate-proxy.ts'
import type { RateLimit } from '../../../support/product/built-worker.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { wrangler } from '../../../support/product/workerd.ts'
import { startDatabase } from '../../../support/servers/databases.ts'
import { SOON_MS } from '../../../support/timeouts.ts'

const READS = 5
const WRITES = 2
/** A window may end while a test runs, and the next begin: then a caller has up to two windows' calls. */
const WINDOWS = 2

describe('calls a minute', () => {
  let rowgate: Rowgate
  const worker = wrangler({ limits: { read: READS, write: WRITES } })
  beforeAll(async () => {
    rowgate = await startRowgate({ worker })
  })
  afterAll(async () => {
    await worker.close()
    await rowgate.close()
  })

  const call = (name: string, args = {}, id = 1) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: args },
  })

  async function post(user: string, body: unknown): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${await rowgate.token(user)}`,
      'mcp-protocol-version': '2025-03-26',
    }
    return rowgate.fetch('http://localhost/mcp', { method: 'POST', headers, body: JSON.stringify(body) })
  }

  /** Sends the same until it is refused: how often it was served, and the refusal. */
  async function untilRefused(user: string, body: unknown, most: number) {
    for (let served = 0; served <= most; served += 1) {
      const response = await post(user, body)
      if (response.status !== 200) return { served, response }
      await response.text()
    }
    throw new Error(`${most} requests were served, and one more.`)
  }

  test('beyond a caller’s reads are 429 with Retry-After and a code; writes and other callers go on', async () => {
    const { served, response } = await untilRefused('ada', call('list_tasks'), READS * WINDOWS)
    expect(served).toBeGreaterThanOrEqual(READS)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe(String(RATE_PERIOD_S))
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringMatching(/^RATE_LIMITED: /) },
    })
    expect((await post('ada', call('add_task', { title: 'one' }))).status).toBe(200)
    expect((await post('bob', call('list_tasks'))).status).toBe(200)
    expect((await post('ada', { jsonrpc: '2.0', id: 1, method: 'tools/list' })).status).toBe(429)
  })

  test('beyond a caller’s writes are 429, and reads go on', async () => {
    const { served, response } = await untilRefused(
      'grace',
      call('add_task', { title: 'x' }),
      WRITES * WINDOWS,
    )
    expect(served).toBeGreaterThanOrEqual(WRITES)
    expect(response.status).toBe(429)
    expect((await post('grace', call('list_tasks'))).status).toBe(200)
  })

  test('are counted one by one in a legacy batch', async () => {
    const batch = [1, 2, 3].map((id) => call('list_tasks', {}, id))
    const { served, response } = await untilRefused('linus', batch, WINDOWS)
    expect(served).toBeLessThanOrEqual(WINDOWS)
    expect(response.status).toBe(429)
  })

  test('that are too many at once in a batch are refused whole, so that nothing is half done', async () => {
    const batch = Array.from({ length: READS * WINDOWS + 1 }, (_, id) =>
      call('add_task', { title: 'one of many' }, id),
    )
    expect((await post('eve', batch)).status).toBe(429)
    const listed = await (await post('eve', call('list_tasks'))).json()
    expect(JSON.stringify(listed)).toContain('"row_count":0')
  })
})

test('the period that callers are told is that of the bindings', () => {
  const ratelimits: RateLimit[] = unstable_readConfig({ config: 'wrangler.toml' }).ratelimits
  expect(ratelimits.map(({ name }) => name)).toEqual(['RATE_LIMIT_READ', 'RATE_LIMIT_WRITE'])
  for (const { simple } of ratelimits) expect(simple.period).toBe(RATE_PERIOD_S)
  expect(readFileSync('wrangler.toml', 'utf8')).toContain('binding = "ANALYTICS"')
})

test('calls of one caller at the same time are as many as is set; the next is RATE_LIMITED, another caller’s is not', async () => {
  const database = await startDatabase()
  const gate = await startGateProxy(database.endpoint.url, (body) => body.includes('from \\"tasks\\"'))
  const rowgate = await startRowgate({
    database: async () => database,
    env: { DATABASE_FETCH_ENDPOINT: gate.url, MAX_CONCURRENT_CALLS: '2' },
  })
  gate.shut()
  const running = [rowgate.call('ada', 'list_tasks'), rowgate.call('ada', 'list_tasks')]
  await vi.waitFor(() => expect(gate.asked()).toBe(2), SOON_MS)
  const { error } = await rowgate.call('ada', 'add_task', { title: 'x' })
  expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true })
  expect((await rowgate.call('ada', 'add_task', { title: 'x' }, { tenant: 'x' })).status).toBe('success')
  expect((await rowgate.call('bob', 'add_task', { title: 'x' })).status).toBe('success')
  gate.open()
  for (const answer of running) expect((await answer).status).toBe('success')
  expect((await rowgate.call('ada', 'add_task', { title: 'x' })).status).toBe('success')
  await gate.close()
  await rowgate.close()
})
