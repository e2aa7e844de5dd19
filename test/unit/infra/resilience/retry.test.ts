/** Retries after a fault: how often, how long and until when. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { backoffMs, type RetryOptions, retry } from '../../../../src/infra/resilience/retry.ts'

const FAULT = new Error('it may pass')

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

function options(given: Partial<RetryOptions> = {}): RetryOptions {
  return {
    attempts: 3,
    baseMs: 100,
    capMs: 1_000,
    deadline: 10_000,
    signal: new AbortController().signal,
    now: Date.now,
    random: () => 0.5,
    mayRetry: () => true,
    ...given,
  }
}

/** Fails so many times, and then answers how often it was tried. */
function failing(times: number) {
  let tries = 0
  return {
    tries: () => tries,
    async work() {
      tries += 1
      if (tries <= times) throw FAULT
      return tries
    },
  }
}

/** The outcome, however long it would have taken. */
async function settle<T>(work: Promise<T>): Promise<T | unknown> {
  const settled = work.catch((thrown: unknown) => thrown)
  await vi.runAllTimersAsync()
  return settled
}

test('a fault that passes is waited out', async () => {
  expect(await settle(retry(failing(2).work, options()))).toBe(3)
  expect(Date.now()).toBe(150)
})

test('tries end; the last fault is thrown', async () => {
  const { work, tries } = failing(9)
  expect(await settle(retry(work, options()))).toBe(FAULT)
  expect(tries()).toBe(3)
})

test('a fault that may not be retried is thrown at once', async () => {
  const { work, tries } = failing(9)
  expect(await settle(retry(work, options({ mayRetry: () => false })))).toBe(FAULT)
  expect([tries(), Date.now()]).toEqual([1, 0])
})

test('no wait goes over the deadline', async () => {
  const { work, tries } = failing(9)
  expect(await settle(retry(work, options({ attempts: 99, deadline: 200 })))).toBe(FAULT)
  expect([tries(), Date.now()]).toEqual([3, 150])
})

test('a wait ends when the client goes, and nothing is tried again', async () => {
  const gone = new AbortController()
  const { work, tries } = failing(9)
  const outcome = retry(work, options({ signal: gone.signal })).catch((thrown: unknown) => thrown)
  await vi.advanceTimersByTimeAsync(10)
  gone.abort()
  expect(await outcome).toBe(FAULT)
  expect([tries(), Date.now(), vi.getTimerCount()]).toEqual([1, 10, 0])
})

test('waits may be twice as long each time, up to the cap, and are spread from nothing on', () => {
  const longest = [1, 2, 3, 4, 5].map((attempt) =>
    backoffMs(attempt, { baseMs: 100, capMs: 700, random: () => 1 }),
  )
  expect(longest).toEqual([100, 200, 400, 700, 700])
  expect(backoffMs(5, { baseMs: 100, capMs: 700, random: () => 0 })).toBe(0)
})
