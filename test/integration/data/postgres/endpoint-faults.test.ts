/**
 * Faulty answers of the database's endpoint: whether the request is sent again, and what callers and the log
 * learn.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type FaultProxy, type Said, startFaultProxy } from '../../../support/faults/fault-proxy.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { startDatabase } from '../../../support/servers/databases.ts'

/** A body that nobody is to read: not a caller, and not the log. */
const CANARY = 'zebra of postgres://user:secret@db.internal'

/** More in a row than the circuit takes for an engine that is down. */
const MANY_CALLS = 12

let rowgate: Rowgate
let proxy: FaultProxy
/** Answers to the next transactions, and how many of them. */
let said: Said = { status: 500, body: '' }
let faults = 0
let asked = 0
const logged: string[] = []

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation((line) => void logged.push(String(line)))
  const database = await startDatabase()
  proxy = await startFaultProxy(database.endpoint.url, (body) => {
    // The audit's own requests are neither counted nor broken.
    if (!body.includes('rowgate.enter')) return undefined
    asked += 1
    faults -= 1
    return faults >= 0 ? said : undefined
  })
  rowgate = await startRowgate({
    database: async () => database,
    env: { DATABASE_FETCH_ENDPOINT: proxy.url, LOG_LEVEL: 'error' },
  })
})
afterAll(async () => {
  vi.restoreAllMocks()
  await proxy?.close()
  await rowgate?.close()
})
beforeEach(() => {
  faults = 0
  logged.length = 0
})

/** A call whose first `times` transactions are answered so, and how often it asked. */
async function answered(times: number, answer: Said, tool: keyof typeof TOOLS) {
  const args = await TOOLS[tool]()
  said = answer
  faults = times
  asked = 0
  const envelope = await rowgate.call('ada', tool, args)
  faults = 0
  return { ...envelope, asked }
}

/** Reads, a write that may be done twice, and one that may not; with arguments that would do. */
const TOOLS = {
  list_tasks: async () => ({}),
  query: async () => ({ sql: 'select 1 as one' }),
  add_task: async () => ({ title: 'x' }),
  delete_task: async () => ({ task_id: (await rowgate.call('ada', 'add_task', { title: 'x' })).data.id }),
}

const REFUSALS: readonly [what: string, answer: Said][] = [
  ...[302, 401, 404, 413, 429].map((status): [string, Said] => [`${status}`, { status, body: CANARY }]),
  ['400 that is not JSON', { status: 400, body: `<html>${CANARY}</html>` }],
  ['400 without a code', { status: 400, body: JSON.stringify({ message: CANARY }) }],
  ["400 with Neon's empty code", { status: 400, body: JSON.stringify({ message: CANARY, code: '' }) }],
]

describe('an answer that is no result', () => {
  test.each(REFUSALS)('%s is the operator’s affair: asked once, and no reason to rest', async (_, answer) => {
    for (let calls = 0; calls < MANY_CALLS; calls += 1) {
      expect(await answered(1, answer, 'list_tasks')).toMatchObject({
        asked: 1,
        error: { code: 'UNAVAILABLE', retryable: false, message: expect.stringContaining('DATABASE_URL') },
      })
    }
    expect((await answered(0, answer, 'list_tasks')).status).toBe('success')
    expect(logged.join()).toContain(`HTTP status ${answer.status}`)
    expect(logged.join()).not.toContain('zebra')
  })

  test('507 says that the result is too large: asked once, and no reason to rest', async () => {
    for (let calls = 0; calls < MANY_CALLS; calls += 1) {
      expect(await answered(1, { status: 507, body: CANARY }, 'list_tasks')).toMatchObject({
        asked: 1,
        error: { code: 'RESULT_TOO_LARGE', retryable: false },
      })
    }
    expect((await rowgate.call('bob', 'list_tasks')).status).toBe('success')
  })

  test('a result that we take for too large ourselves is no reason to rest', async () => {
    const answer = { status: 200, body: 'x'.repeat(9_000_000) }
    for (let calls = 0; calls < MANY_CALLS; calls += 1) {
      expect(await answered(1, answer, 'query')).toMatchObject({
        asked: 1,
        error: { code: 'RESULT_TOO_LARGE', retryable: false },
      })
    }
    expect((await rowgate.call('bob', 'list_tasks')).status).toBe('success')
  })

  test.each([500, 502, 503, 504])(
    '%i is asked again where that is safe, and its body told to nobody',
    async (status) => {
      const answer = { status, body: CANARY }
      expect(await answered(2, answer, 'list_tasks')).toMatchObject({ status: 'success', asked: 3 })
      expect(await answered(2, answer, 'add_task')).toMatchObject({ status: 'success', asked: 3 })
      expect(await answered(1, answer, 'delete_task')).toMatchObject({
        asked: 1,
        error: { code: 'UNAVAILABLE', retryable: true },
      })
      expect(logged.join()).toContain(`HTTP status ${status}`)
      expect(logged.join()).not.toContain('zebra')
    },
  )

  test('what is no JSON is not quoted in the log', async () => {
    const { error } = await answered(3, { status: 200, body: CANARY }, 'list_tasks')
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    expect(logged.join()).toContain('not JSON')
    expect(logged.join()).not.toContain('zebra')
  })
})

describe('an error of Postgres’ own', () => {
  const saying = (code: string): Said => ({
    status: 400,
    body: JSON.stringify({ message: CANARY, code, severity: 'ERROR' }),
  })
  const DONE = { status: 'success', asked: 2 }
  const NOT_REPEATED = { status: 'error', asked: 1 }

  test.each(['40001', '40P01', '57P03', '53300'])(
    '%s undid everything: any write is sent again',
    async (code) => {
      expect(await answered(1, saying(code), 'list_tasks')).toMatchObject(DONE)
      expect(await answered(1, saying(code), 'add_task')).toMatchObject(DONE)
      expect(await answered(1, saying(code), 'delete_task')).toMatchObject(DONE)
    },
  )

  test.each(['57P01', '57P02', '08000', '08003', '08006', '08P01'])(
    '%s may have come after the commit: only what may be done twice is sent again',
    async (code) => {
      expect(await answered(1, saying(code), 'list_tasks')).toMatchObject(DONE)
      expect(await answered(1, saying(code), 'add_task')).toMatchObject(DONE)
      expect(await answered(1, saying(code), 'delete_task')).toMatchObject({
        ...NOT_REPEATED,
        error: { code: 'UNAVAILABLE', retryable: true, details: { sqlstate: code } },
      })
    },
  )

  test.each([
    // The class of what undid everything, and yet they say that nobody knows, or would be the same again.
    ...['40000', '40002', '40003'],
    ...['57000', '57014', '57P04', '57P05', '55P03', '53400', '58000'],
    ...['23505', '25006', '28P01', '3D000', '42501', '22012', 'XX000', 'RG002'],
  ])('%s is sent once, whatever asked', async (code) => {
    expect(await answered(1, saying(code), 'list_tasks')).toMatchObject(NOT_REPEATED)
    expect(await answered(1, saying(code), 'add_task')).toMatchObject(NOT_REPEATED)
    expect(await answered(1, saying(code), 'delete_task')).toMatchObject(NOT_REPEATED)
  })

  test('is sent three times and no more, and then told', async () => {
    expect(await answered(9, saying('40001'), 'add_task')).toMatchObject({
      asked: 3,
      error: { code: 'CONFLICT', retryable: true, details: { sqlstate: '40001' } },
    })
  })

  test.each(['57P03', '57P01', '08006'])('%s again and again opens the circuit', async (code) => {
    let isOpen = false
    for (let calls = 0; calls < MANY_CALLS && !isOpen; calls += 1) {
      isOpen = (await answered(9, saying(code), 'list_tasks')).asked === 0
    }
    expect(isOpen).toBe(true)
    await expect
      .poll(async () => (await rowgate.call('ada', 'list_tasks')).status, { timeout: 10_000 })
      .toBe('success')
  })
})
