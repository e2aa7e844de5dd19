/** A short soak: what `npm run soak` does for a minute with 200 clients, without its figures. */

import { describe, expect, test } from 'vitest'
import { soak } from '../../../scripts/measure/soak/run.ts'
import { pgBouncerMissing } from '../../support/servers/pgbouncer.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

const ways = [
  { way: 'the embedded Postgres by HTTP', clients: 40, server: async () => ({}) },
  ...(postgres15Missing() || pgBouncerMissing()
    ? []
    : [
        {
          way: 'PostgreSQL 15 through PgBouncer',
          clients: 20,
          server: async () => ({ ownerUrl: await createDatabase(), pooled: true }),
        },
      ]),
]

describe.each(ways)('on $way', ({ clients, server }) => {
  test('many clients at once get no wrong answer and lose or double no write', async () => {
    const plan = { clients, users: 20, durationMs: 5_000, warmUpMs: 0, seed: 7 }
    const report = await soak({ ...plan, ...(await server()) })
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
})
