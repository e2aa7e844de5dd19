/** Rows of the audit log that could not be written are in the operator's log, by their number and no more. */

import { afterEach, expect, test, vi } from 'vitest'
import { startWorld } from '../support/world.ts'

afterEach(() => void vi.restoreAllMocks())

test('a database that cannot be reached costs the rows of all calls, and `audit_lost` says how many', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)))
  const world = await startWorld({
    env: {
      AUDIT_READS: 'true',
      LOG_LEVEL: 'error',
      // Nobody listens there.
      DATABASE_FETCH_ENDPOINT: 'http://127.0.0.1:1/sql',
    },
  })
  const users = ['ada', 'bob', 'cy']
  await Promise.all(users.map((user) => world.call(user, 'get_task', { task_id: `secret of ${user}` })))
  await world.settled()
  const lost = lines.filter((line) => line.includes('audit_lost'))
  const counts = lost.map((line): number => JSON.parse(line).rows)
  expect(counts.reduce((sum, rows) => sum + rows, 0)).toBe(users.length)
  expect(lost.join()).not.toContain('secret')
  await world.close()
})
