/**
 * A database's outage as a caller must see it: an early error in our words, without details of the machine.
 */

import { expect } from 'vitest'
import { type Envelope, type Rowgate, startRowgate } from '../product/rowgate.ts'
import { workerd } from '../product/workerd.ts'
import type { TestDatabase } from '../servers/databases.ts'
import { SOON_MS } from '../timeouts.ts'

/** An error that comes only at the call's own deadline is too late. */
export async function expectUnavailable(answer: Promise<Envelope>, message = /./): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('The response took too long.')), SOON_MS)
  const { error } = await Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
  expect(error?.code).toBe('UNAVAILABLE')
  expect(error?.message).toMatch(message)
  expect(JSON.stringify(error)).not.toMatch(/127\.0\.0\.1|ECONN|WRONGPASS|SCRAM|eval/i)
}

/**
 * Runs the rule in a Rowgate of its own over the shared database, and checks that the `tasks` tools are
 * unaffected.
 */
export async function besideTasks(
  database: TestDatabase,
  env: Record<string, string>,
  rule: (rowgate: Rowgate) => Promise<void>,
): Promise<void> {
  const worker = workerd()
  const rowgate = await startRowgate({
    worker,
    env,
    database: async () => ({ ...database, close: async () => {} }),
  })
  try {
    await rule(rowgate)
    expect((await rowgate.call('ada', 'list_tasks')).status).toBe('success')
  } finally {
    await worker.close()
    await rowgate.close()
  }
}
