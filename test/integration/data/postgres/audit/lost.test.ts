/** Rows of the audit log that could not be written are in the operator's log, by their number and no more. */

import { createServer } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { listen } from '../../../../../scripts/check/listen.ts'
import { startRowgate } from '../../../../support/product/rowgate.ts'

afterEach(() => void vi.restoreAllMocks())

async function toldOfLosses(users: readonly string[], endpoint: string): Promise<string[]> {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)))
  const rowgate = await startRowgate({
    env: { AUDIT_READS: 'true', LOG_LEVEL: 'error', DATABASE_FETCH_ENDPOINT: endpoint },
  })
  await Promise.all(users.map((user) => rowgate.call(user, 'get_task', { task_id: `secret of ${user}` })))
  await rowgate.settled()
  await rowgate.close()
  return lines.filter((line) => line.includes('audit_lost'))
}

test('a database that cannot be reached costs the rows of all calls, and `audit_lost` says how many', async () => {
  const users = ['ada', 'bob', 'cy']
  // Nobody listens there.
  const lost = await toldOfLosses(users, 'http://127.0.0.1:1/sql')
  const counts = lost.map((line): number => JSON.parse(line).rows)
  expect(counts.reduce((sum, rows) => sum + rows, 0)).toBe(users.length)
  expect(lost.join()).not.toContain('secret')
})

test('an answer that is no JSON is not quoted', async () => {
  const server = createServer((_, response) => void response.end('hunter2'))
  const lost = await toldOfLosses(['ada'], `http://127.0.0.1:${await listen(server)}/sql`)
  server.closeAllConnections()
  server.close()
  expect(lost.join()).toContain('The answer is not JSON.')
  expect(lost.join()).not.toContain('hunter2')
})
