/** Audit rows that cannot be written are told of while the platform still lets the isolate work. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAudit } from '../../../../../src/data/postgres/audit/log.ts'
import { caller, IDENTITY_KEY } from '../../../../support/servers/databases.ts'

/** Limit of a flush, in milliseconds; the platform ends it at 30 s. */
const FLUSH_LIMIT_MS = 25_000
const STEP_MS = 100

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 1_000_000 })
  vi.spyOn(Math, 'random').mockReturnValue(0.999)
  // The real one has a clock of its own.
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const over = new AbortController()
    setTimeout(() => over.abort(new Error('late')), ms)
    return over.signal
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** An audit log whose database takes a request and never answers it. */
function silent() {
  const began = Date.now()
  const tries: number[] = []
  const told: { rows: number; cause: unknown; atMs: number }[] = []
  let flushes = 0
  let flushing = 0
  const audit = createAudit({
    identityKey: IDENTITY_KEY,
    reads: true,
    first: false,
    send(_, signal) {
      tries.push(Date.now() - began)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
    onLoss: (rows, cause) => told.push({ rows, cause, atMs: Date.now() - began }),
  })
  const request = {
    caller: caller('ada'),
    requestId: () => 'r',
    waitUntil(work: Promise<unknown>) {
      flushes += 1
      flushing += 1
      void work.finally(() => {
        flushing -= 1
      })
    },
  }
  const call = () =>
    audit(request, { tool: 'list_tasks', args: {}, readOnly: true, startedAt: Date.now() }).end('success')
  /** The clock stands while rows are signed, which takes turns of the event loop. */
  async function pass(ms: number): Promise<void> {
    const end = Date.now() + ms
    while (Date.now() < end) {
      while (flushing > 0 && vi.getTimerCount() === 0) await new Promise((done) => setImmediate(done))
      await vi.advanceTimersByTimeAsync(STEP_MS)
    }
  }
  return { call, pass, tries, told, flushes: () => flushes, flushing: () => flushing }
}

test('a database that never answers is tried three times, and the loss is told with its rows in time', async () => {
  const { call, pass, tries, told, flushing } = silent()
  for (let n = 0; n < 7; n += 1) call()
  await pass(FLUSH_LIMIT_MS)
  expect(tries).toHaveLength(3)
  expect(told).toEqual([{ rows: 7, cause: new Error('late'), atMs: expect.any(Number) }])
  expect(flushing()).toBe(0)
})

test('rows of several batches are told of in the time of one flush, and none is left that nobody knows of', async () => {
  const { call, pass, told, flushes, flushing } = silent()
  for (let n = 0; n < 1_200; n += 1) call()
  await pass(FLUSH_LIMIT_MS + 2 * STEP_MS)
  expect(told.reduce((sum, { rows }) => sum + rows, 0)).toBe(1_200)
  expect(Math.max(...told.map(({ atMs }) => atMs))).toBeLessThanOrEqual(FLUSH_LIMIT_MS + STEP_MS)
  expect(flushes()).toBe(1)
  expect(flushing()).toBe(0)
})

test('a call that comes when a flush may have no time left for a whole try begins another', async () => {
  const { call, pass, told, flushes, flushing } = silent()
  call()
  await pass(10_000)
  call()
  expect(flushes()).toBe(1)
  await pass(9_000)
  call()
  expect(flushes()).toBe(2)
  await pass(FLUSH_LIMIT_MS)
  expect(told.map(({ rows }) => rows)).toEqual([1, 2])
  expect(flushing()).toBe(0)
})
