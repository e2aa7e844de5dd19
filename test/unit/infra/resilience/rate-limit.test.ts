/** Whose budget a call is on. */

import { expect, test } from 'vitest'
import type { Caller } from '../../../../src/infra/caller.ts'
import { createBudget } from '../../../../src/infra/resilience/rate-limit.ts'

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
  const budget = createBudget({ read, write, maxConcurrent: 1, ...LEASE })
  expect(await budget.spend(caller('ada'), { read: 2, write: 1 })).toBe(true)
  expect(await budget.spend(caller('ada'), { read: 1, write: 0 })).toBe(true)
  expect(await budget.spend(caller('ada'), { read: 1, write: 0 })).toBe(false)
  expect(await budget.spend(caller('ada'), { read: 0, write: 1 })).toBe(false)
  const free = createBudget({ read: undefined, write: undefined, maxConcurrent: 1, ...LEASE })
  expect(await free.spend(caller('ada'), { read: 1_000, write: 1_000 })).toBe(true)
})

test.each([
  [caller('b', 'a'), caller('ab', '')],
  [caller('ada'), caller('ada', 'elsewhere')],
  [caller('a b', 'c'), caller('b', 'c a')],
])('%j and %j have a budget each', async (one, two) => {
  const read = limiter(1)
  const budget = createBudget({ read, write: undefined, maxConcurrent: 1, ...LEASE })
  expect(await budget.spend(one, { read: 1, write: 0 })).toBe(true)
  expect(await budget.spend(two, { read: 1, write: 0 })).toBe(true)
  const place = budget.enter(one, NOW)
  expect(budget.enter(two, NOW)).toBeDefined()
  expect(budget.enter(one, NOW)).toBeUndefined()
  if (place !== undefined) budget.leave(place)
  expect(budget.enter(one, NOW)).toBeDefined()
})

test('a place that is never given back is free again when no call can still have it', () => {
  const options = { read: undefined, write: undefined, maxConcurrent: 2 }
  const budget = createBudget({ ...options, leaseMs: 1_000 })
  const ada = caller('ada')
  const lost = budget.enter(ada, 0)
  budget.enter(ada, 500)
  expect(budget.enter(ada, 1_000)).toBeUndefined()
  expect(budget.enter(ada, 1_001)).toBeDefined()
  expect(budget.enter(ada, 1_001)).toBeUndefined()
  // Whoever gives it back after all gives back no other's.
  if (lost !== undefined) budget.leave(lost)
  expect(budget.enter(ada, 1_001)).toBeUndefined()
})
