/** A short soak: what `npm run soak` does for a minute with 200 clients, without its figures. */

import { expect, test } from 'vitest'
import { soak } from '../../../scripts/measure/soak/run.ts'

test('forty clients at once get no wrong answer and lose or double no write', async () => {
  const report = await soak({ clients: 40, users: 20, durationMs: 5_000, warmUpMs: 0, seed: 7 })
  expect(report.wrong).toEqual([])
  expect(report).toMatchObject({ lost: 0, changed: 0, doubled: 0 })
  expect(report.tasks).toBeGreaterThan(0)
  expect([...report.latencies.keys()].sort()).toEqual([
    'add_task',
    'complete_task',
    'delete_task',
    'get_task',
    'list_tasks',
    'update_task',
  ])
})
