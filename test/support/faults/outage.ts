/** What a caller sees of a database that is not there: soon, in our words, and nothing of the machine. */

import { expect } from 'vitest'
import { workerd } from '../product/workerd.ts'
import { type Envelope, startWorld, type World } from '../product/world.ts'
import type { TestDatabase } from '../servers/databases.ts'
import { SOON_MS } from '../timeouts.ts'

/** An answer that only the call's own deadline would end comes too late. */
export async function expectUnavailable(answer: Promise<Envelope>, message = /./): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('The answer did not come soon.')), SOON_MS)
  const { error } = await Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
  expect(error?.code).toBe('UNAVAILABLE')
  expect(error?.message).toMatch(message)
  expect(JSON.stringify(error)).not.toMatch(/127\.0\.0\.1|ECONN|WRONGPASS|SCRAM|eval/i)
}

/** A world of its own over a database that outlives it: whatever the rule does to another engine, the tasks go on. */
export async function besideTasks(
  database: TestDatabase,
  env: Record<string, string>,
  rule: (world: World) => Promise<void>,
): Promise<void> {
  const worker = workerd()
  const world = await startWorld({
    worker,
    env,
    database: async () => ({ ...database, close: async () => {} }),
  })
  try {
    await rule(world)
    expect((await world.call('ada', 'list_tasks')).status).toBe('success')
  } finally {
    await worker.close()
    await world.close()
  }
}
