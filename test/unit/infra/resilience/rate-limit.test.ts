/** Rates and slots that a call takes. */

import { expect, test } from 'vitest'
import type { Caller } from '../../../../src/infra/caller.ts'
import { createRateLimits } from '../../../../src/infra/resilience/rate-limit.ts'

function caller(userId: string, tenantId = 'default'): Caller {
  return { userId, tenantId, scopes: new Set() }
}

const LEASE = { leaseMs: 60_000 }
const NOW = 0

/** A limiter that lets so many through for each key. */
function limiter(most: number) {
  const counts = new Map<string, number>()
  return {
    counts,
    async limit({ key }: { key: string }) {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { success: (counts.get(key) ?? 0) <= most }
    },
  }
}

test('reads and writes are counted apart, each call by itself, and a class without a limiter is free', async () => {
  const [read, write] = [limiter(3), limiter(1)]
  const rateLimits = createRateLimits({ read, write, maxConcurrent: 1, ...LEASE })
  expect(await rateLimits.consume(caller('ada'), { read: 2, write: 1 })).toBe(true)
  expect(await rateLimits.consume(caller('ada'), { read: 1, write: 0 })).toBe(true)
  expect(await rateLimits.consume(caller('ada'), { read: 1, write: 0 })).toBe(false)
  expect(await rateLimits.consume(caller('ada'), { read: 0, write: 1 })).toBe(false)
  const free = createRateLimits({ read: undefined, write: undefined, maxConcurrent: 1, ...LEASE })
  expect(await free.consume(caller('ada'), { read: 1_000, write: 1_000 })).toBe(true)
})

test.each([
  [caller('b', 'a'), caller('ab', '')],
  [caller('ada'), caller('ada', 'elsewhere')],
  [caller('a b', 'c'), caller('b', 'c a')],
])('%j and %j have rate limits of their own', async (one, two) => {
  const read = limiter(1)
  const rateLimits = createRateLimits({ read, write: undefined, maxConcurrent: 1, ...LEASE })
  expect(await rateLimits.consume(one, { read: 1, write: 0 })).toBe(true)
  expect(await rateLimits.consume(two, { read: 1, write: 0 })).toBe(true)
  const slot = rateLimits.acquire(one, NOW)
  expect(rateLimits.acquire(two, NOW)).toBeDefined()
  expect(rateLimits.acquire(one, NOW)).toBeUndefined()
  if (slot !== undefined) rateLimits.release(slot)
  expect(rateLimits.acquire(one, NOW)).toBeDefined()
})

test('a slot that is never given back is free again when no call can still have it', () => {
  const options = { read: undefined, write: undefined, maxConcurrent: 2 }
  const rateLimits = createRateLimits({ ...options, leaseMs: 1_000 })
  const ada = caller('ada')
  const lost = rateLimits.acquire(ada, 0)
  rateLimits.acquire(ada, 500)
  expect(rateLimits.acquire(ada, 1_000)).toBeUndefined()
  expect(rateLimits.acquire(ada, 1_001)).toBeDefined()
  expect(rateLimits.acquire(ada, 1_001)).toBeUndefined()
  // Whoever gives it back after all gives back no other's.
  if (lost !== undefined) rateLimits.release(lost)
  expect(rateLimits.acquire(ada, 1_001)).toBeUndefined()
})
