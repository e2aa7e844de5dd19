/** One source that is down takes its own calls with it, and nobody else's, by HTTP and by TCP. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { verifyAudit } from '../../../scripts/operate/audit/verify.ts'
import { partOf } from '../../support/full.ts'
import { lockOf, type RowgateOfSources, startSources, tableOf } from '../../support/product/sources.ts'
import { overTcp, startDatabase } from '../../support/servers/databases.ts'

const NOTES = `
  create schema agent;
  create table public.notes (id int primary key, body text not null);
  insert into public.notes values (1, 'here');
  create view agent.notes as select id, body from public.notes;`

const lock = lockOf([tableOf('notes', { id: 'integer', body: 'text' })])
const SQL = 'select body from notes'
const grant = { tenant: 'acme', scopes: ['sql:read', 'crm:read', 'app:read', 'system:health'] }
/** More than a circuit breaker needs to open. */
const CALLS = 12

const ways = [
  {
    engine: 'Postgres by HTTP',
    start: startDatabase,
    crmAt: (port: number) => ({ CRM_DATABASE_FETCH_ENDPOINT: `http://127.0.0.1:${port}/` }),
  },
  // Through the pooler; and straight as well in `npm run test:full`.
  ...partOf(overTcp, { every: 2, first: 1 }).map((each) => ({
    ...each,
    crmAt: (port: number) => ({ CRM_DATABASE_URL: `postgres://login:secret@127.0.0.1:${port}/crm` }),
  })),
]

describe.each(ways)('$engine', ({ start, crmAt }) => {
  let rowgate: RowgateOfSources

  beforeAll(async () => {
    const nobodyListens = await freePort()
    rowgate = await startSources(
      { app: { sql: NOTES, lock, audit: true }, crm: { sql: NOTES, lock } },
      { start, env: { AUDIT_READS: 'true', ...crmAt(nobodyListens) } },
    )
  })
  afterAll(() => rowgate.close())

  const read = (source: string) => rowgate.call('alice', 'query', { source, sql: SQL }, grant)

  test('its calls say which source it is, and those of another go on, also once its circuit is open', async () => {
    let isOpen = false
    for (let calls = 0; calls < CALLS; calls += 1) {
      const [down, up] = await Promise.all([read('crm'), read('app')])
      expect(down.error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
      expect(down.error?.message).toContain('`crm`')
      expect(up.data?.rows).toEqual([['here']])
      isOpen ||= JSON.stringify(down.error).includes('retry_after')
    }
    expect(isOpen).toBe(true)
  })

  test('a health report says which of them is down', async () => {
    const health = async (source: string) =>
      JSON.stringify((await rowgate.call('alice', 'health_check', { source }, grant)).data)
    expect(await health('crm')).toContain('"status":"down"')
    expect(await health('app')).not.toContain('down')
    const all = await rowgate.fetch('http://localhost/health/database')
    expect([all.status, await all.json()]).toMatchObject([
      200,
      { status: 'degraded', sources: { app: { status: 'up' }, crm: { status: 'down' } } },
    ])
  })

  test('the audit chain of another is whole, and has its own calls alone', async () => {
    await rowgate.settled()
    const owner = rowgate.databases.app?.endpoint.owner
    if (owner === undefined) throw new Error('There is no such database.')
    // The last call is the health check.
    const rows = CALLS + 1
    expect(await verifyAudit(owner)).toEqual([
      { tenant: 'acme', rows, seq: rows, head: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
    const { rows: failed } = await owner("select from rowgate.audit_log where outcome <> 'success'")
    expect(failed).toEqual([])
  })
})
