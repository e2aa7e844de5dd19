/** One source that is down takes its own calls with it, and nobody else's. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { lockOf, type RowgateOfSources, startSources, tableOf } from '../../support/product/sources.ts'

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

let rowgate: RowgateOfSources

beforeAll(async () => {
  const nobodyListens = `http://127.0.0.1:${await freePort()}/`
  rowgate = await startSources(
    { app: { sql: NOTES, lock }, crm: { sql: NOTES, lock } },
    { env: { CRM_DATABASE_FETCH_ENDPOINT: nobodyListens } },
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
})
