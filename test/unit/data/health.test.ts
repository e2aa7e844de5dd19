/** A look at the engines ends, whatever one of them does. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHealthCheck } from '../../../src/data/health.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('an engine that heeds no signal and never answers is down when its time is over, and the others are up', async () => {
  const down: string[] = []
  const check = createHealthCheck({
    now: Date.now,
    onDown: (engine) => void down.push(engine),
    engines: [
      { name: 'd1', optional: false, probe: () => new Promise(() => undefined) },
      { name: 'redis', optional: true, probe: async () => undefined },
    ],
  })
  const report = check(() => undefined)
  await vi.advanceTimersByTimeAsync(10_000)
  const settled = await Promise.race([report, Promise.resolve('still looking')])
  expect(settled).toMatchObject({
    status: 'down',
    engines: { d1: { status: 'down' }, redis: { status: 'up' } },
  })
  expect(down).toEqual(['d1'])
})
