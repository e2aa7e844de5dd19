/**
 * That the audit log holds a call for which its caller had no place left: a refusal leaves its row as any
 * other end does.
 */

import { expect, test, vi } from 'vitest'
import { startGateProxy } from '../../../../support/faults/gate-proxy.ts'
import { startRowgate } from '../../../../support/product/rowgate.ts'
import { startDatabase } from '../../../../support/servers/databases.ts'
import { SOON_MS } from '../../../../support/timeouts.ts'

test('a call beyond those that may run at once leaves a row with the outcome RATE_LIMITED, read or write', async () => {
  const database = await startDatabase()
  const gate = await startGateProxy(database.endpoint.url, (body) => body.includes('from \\"tasks\\"'))
  const rowgate = await startRowgate({
    database: async () => database,
    env: { DATABASE_FETCH_ENDPOINT: gate.url, MAX_CONCURRENT_CALLS: '1', AUDIT_READS: 'true' },
  })
  gate.shut()
  const running = rowgate.call('ada', 'list_tasks')
  await vi.waitFor(() => expect(gate.asked()).toBe(1), SOON_MS)
  // Side by side: the client waits for what a call leaves to be done, and the first is at the gate.
  const refused = [rowgate.call('ada', 'add_task', { title: 'x' }), rowgate.call('ada', 'get_task')]
  await vi.waitFor(async () => {
    const { rows } = await database.endpoint.owner(
      `select tool, outcome from rowgate.audit_log where user_id = 'ada' order by tool`,
    )
    expect(rows).toEqual([
      ['add_task', 'RATE_LIMITED'],
      ['get_task', 'RATE_LIMITED'],
    ])
  }, SOON_MS)
  gate.open()
  expect((await running).status).toBe('success')
  for (const call of refused) expect((await call).error?.code).toBe('RATE_LIMITED')
  await rowgate.close()
  await gate.close()
})
