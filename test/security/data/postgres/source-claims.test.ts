/** A source knows its callers by the claims that its lock names: of the right type, or not at all. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TenantType } from '../../../../src/infra/config/lock-file.ts'
import { lockOf, type RowgateOfSources, startSources, tableOf } from '../../../support/product/sources.ts'

const ORG = '0b9d5f0e-6f0a-4c1e-9c39-0d7b1a2c3d4e'

/** The source's tenant, and its claim `region`, as a tenant sees them. */
const VIEWS = `
  create schema agent;
  create table public.members (member_id int primary key, sub text not null);
  insert into public.members values (7, 'alice');
  create function agent.region() returns text language sql stable security definer
    set search_path = pg_catalog as $$ select rowgate.claims() -> 'claims' ->> 'region' $$;
  create function agent.member_id() returns int language sql stable security definer
    set search_path = pg_catalog as $$ select member_id from public.members where sub = rowgate.user_id() $$;
  create view agent.me with (security_barrier) as
    select (select rowgate.tenant_id()) as tenant, (select agent.region()) as region, (select agent.member_id()) as id;
  create view agent.regional with (security_barrier) as
    select member_id from public.members where (select rowgate.claim('region')) = 'north';
  create view agent.mine with (security_barrier) as
    select member_id from public.members where member_id = (select agent.member_id());`

const tables = [
  tableOf('me', { tenant: 'text', region: 'text' }),
  tableOf('mine', { member_id: 'integer' }),
  tableOf('regional', { member_id: 'integer' }),
]
const types: readonly TenantType[] = ['uuid', 'integer', 'bigint', 'text']
const scopes = ['sql:read', 'activity:read', 'uuid:read', 'integer:read', 'bigint:read', 'text:read']

let rowgate: RowgateOfSources
beforeAll(async () => {
  const sources = types.map((type) => {
    const over = { tenant: { claim: 'org_id', type }, claims: ['region'], user: { name: 'member_id' } }
    return [type, { sql: VIEWS, lock: lockOf(tables, over) }] as const
  })
  rowgate = await startSources(Object.fromEntries(sources), { env: { AUDIT_READS: 'true' } })
})
afterAll(() => rowgate.close())

async function tenantAs(source: string, org_id: unknown) {
  const args = { source, sql: 'select tenant from me' }
  const grant = { scopes, claims: { org_id, region: 'north' } }
  return await rowgate.call('alice', 'query', args, grant)
}

describe('the tenant of a source', () => {
  test.each([
    ['uuid', ORG, ORG],
    ['uuid', ORG.toUpperCase(), ORG],
    ['integer', 41, '41'],
    ['integer', '-41', '-41'],
    ['bigint', '9223372036854775807', '9223372036854775807'],
    ['text', 'acme', 'acme'],
    ['text', 41, '41'],
  ])('of the type %s takes %o', async (source, claim, tenant) => {
    expect((await tenantAs(source, claim)).data?.rows).toEqual([[tenant]])
  })

  test.each([
    ['uuid', 'acme'],
    ['uuid', 41],
    ['uuid', `${ORG} `],
    ['integer', 2_147_483_648],
    ['integer', 1.5],
    ['integer', '0x1'],
    ['bigint', '9223372036854775808'],
    ['bigint', 2 ** 53],
    ['text', ' '],
    ['text', 'a\0b'],
    ['text', 'x'.repeat(256)],
    ['text', ['acme']],
    ['text', { sub: 'acme' }],
    ['uuid', undefined],
    ['text', null],
  ])('of the type %s is AUTHORIZATION_ERROR for %o, before any database is asked', async (source, claim) => {
    const before = rowgate.databases[source]?.endpoint
    const { error } = await tenantAs(source, claim)
    expect(before).toBeDefined()
    expect(error?.code).toBe('AUTHORIZATION_ERROR')
    expect(error?.message).toMatch(
      new RegExp(
        `^The source \`${source}\` needs the claim \`org_id\` of your token, which must be of the type ${source}; yours has`,
      ),
    )
    expect(JSON.stringify(error)).not.toContain('acme')
  })
})

test('a claim that the file names reaches the database, where its view asks for it', async () => {
  const args = { source: 'text', sql: 'select region from me' }
  const grant = (claims: object) => ({ scopes, claims: { org_id: 'acme', ...claims } })
  expect((await rowgate.call('alice', 'query', args, grant({ region: 'süd' }))).data?.rows).toEqual([['süd']])
})

test.each([{}, { region: null }, { region: ['north'] }, { region: 'a\0' }])(
  'with the claims %j only what needs the claim is refused, and says which',
  async (claims) => {
    const grant = { scopes: [...scopes, 'rows:read'], claims: { org_id: 'acme', ...claims } }
    const call = (tool: string, args: object) =>
      rowgate.call('alice', tool, { source: 'text', ...args }, grant)
    expect((await call('query', { sql: 'select member_id from mine' })).data?.rows).toEqual([[7]])
    const refused = {
      code: 'AUTHORIZATION_ERROR',
      message: expect.stringContaining('needs the claim `region` of your token'),
    }
    expect((await call('query', { sql: 'select member_id from regional' })).error).toMatchObject(refused)
    expect((await call('find_rows', { table: 'regional' })).error).toMatchObject(refused)
  },
)

test('a claim that no file names stays out of the seal', async () => {
  const grant = { scopes, claims: { org_id: 'acme', region: 'north', salary: '90000' } }
  const args = { source: 'text', sql: "select region from me where region = 'north'" }
  const { data } = await rowgate.call('alice', 'query', args, grant)
  expect(data?.rows).toEqual([['north']])
})

test.each([
  ['alice', [[7]], undefined],
  ['mallory', [], expect.stringContaining('no user with your sign-in')],
])('%s of the table of users sees %o, and is told why', async (user, rows, notice) => {
  const grant = { scopes, claims: { org_id: 'acme', region: 'north' } }
  const { data } = await rowgate.call(
    user,
    'query',
    { source: 'text', sql: 'select member_id from mine' },
    grant,
  )
  expect([data?.rows, data?.notice]).toEqual([rows, notice])
})

test('its audit rows are of the tenant that the source knows', async () => {
  const grant = { scopes, claims: { org_id: ORG, region: 'north' } }
  await rowgate.call('carol', 'query', { source: 'uuid', sql: 'select tenant from me' }, grant)
  await rowgate.settled()
  const { rows } = (await rowgate.databases.uuid?.endpoint.owner(
    "select tenant_id, outcome from rowgate.audit_log where user_id = 'carol'",
  )) ?? { rows: [] }
  expect(rows).toEqual([[ORG, 'success']])
})
