/** Proposals of `rowgate init` for a catalogue: closed wherever it is in doubt. */

import { describe, expect, test } from 'vitest'
import type { Choices } from '../../../../scripts/operate/source/init/proposal.ts'
import { propose } from '../../../../scripts/operate/source/init/propose.ts'
import { catalogueOf, foreignKey } from '../../../support/databases/catalogue-of.ts'

type Tables = Parameters<typeof catalogueOf>[0]

function proposalOf(tables: Tables, choices: Choices = {}) {
  return propose({ source: 'app', catalogue: catalogueOf(tables), shapes: new Map() }, choices)
}

function rowsOf(tables: Tables, choices: Choices = {}): Record<string, unknown> {
  return Object.fromEntries(proposalOf(tables, choices).tables.map(({ name, rows }) => [name, rows]))
}

const TENANTS = {
  orgs: { columns: ['id uuid', 'name'] },
  projects: { columns: ['id bigint', 'org_id uuid', 'name'], foreignKeys: [foreignKey('org_id -> orgs')] },
  issues: { columns: ['id bigint', 'org_id uuid', 'project_id bigint'] },
}

describe('whose a row is', () => {
  test('the column that most tables have and that has a tenant’s name, with its type and its home', () => {
    const { tenant } = proposalOf(TENANTS)
    expect(tenant).toMatchObject({ column: 'org_id', claim: 'org_id', type: 'uuid' })
    expect(rowsOf(TENANTS)).toEqual({ orgs: { id: 'tenant' }, projects: 'tenant', issues: 'tenant' })
  })

  test.each([
    ['tenantId uuid', 'uuid', 'tenant_id'],
    ['workspace_id integer', 'integer', 'workspace_id'],
    ['CompanyId bigint', 'bigint', 'company_id'],
    ['account_id character varying', 'text', 'account_id'],
    ['AccountCode text', 'text', 'account_code'],
  ])('%s is a tenant’s', (column, type, claim) => {
    const two = { a: { columns: ['id bigint', column] }, b: { columns: ['id bigint', column] } }
    expect(proposalOf(two).tenant).toMatchObject({ type, claim })
  })

  test.each([
    'partner_org_id uuid',
    'user_id uuid',
    'album_id integer',
    'org_id boolean',
    'organic text',
    'country_code text',
  ])('%s is none’s', (column) => {
    const two = { a: { columns: ['id bigint', column] }, b: { columns: ['id bigint', column] } }
    expect(proposalOf(two).tenant).toBeUndefined()
  })

  test('a tenant’s number has the type of the tenants’ own table, however wide the others are', () => {
    const { tenant } = proposalOf({
      accounts: { columns: ['id integer'] },
      a: { columns: ['id bigint', 'account_id bigint'] },
      b: { columns: ['id bigint', 'account_id integer'] },
    })
    expect(tenant?.type).toBe('integer')
  })

  test('in a small application one table is enough, if its key leads to the tenants', () => {
    const companies = { columns: ['id bigint', 'name'] }
    const columns = ['id bigint', 'company_id bigint']
    const keys = { foreignKeys: [foreignKey('company_id -> companies')] }
    expect(rowsOf({ companies, tickets: { columns, ...keys } })).toEqual({
      companies: { id: 'tenant' },
      tickets: 'tenant',
    })
    expect(proposalOf({ companies, tickets: { columns } }).tenant).toBeUndefined()
  })

  test('a person’s word goes before the proposal, also that there are no tenants', () => {
    expect(proposalOf(TENANTS, { tenant: 'project_id', claim: 'p' }).tenant).toMatchObject({ claim: 'p' })
    expect(proposalOf(TENANTS, { tenant: 'none' }).tenant).toBeUndefined()
  })
})

describe('the way by foreign keys', () => {
  const comments = (nullable: string, ...keys: string[]) => ({
    ...TENANTS,
    members: { columns: ['id bigint', 'org_id uuid'] },
    comments: {
      columns: ['id bigint', `issue_id${nullable} bigint`, 'author_id bigint'],
      foreignKeys: keys.map((key) => foreignKey(key)),
    },
  })

  test('a table without a tenant takes it, over several steps too', () => {
    const rows = rowsOf({
      ...comments('', 'issue_id -> issues'),
      likes: {
        columns: ['id bigint', 'comment_id bigint'],
        foreignKeys: [foreignKey('comment_id -> comments')],
      },
    })
    expect(rows.comments).toEqual({ via: 'issue_id -> issues' })
    expect(rows.likes).toEqual({ via: 'comment_id -> comments' })
  })

  test('a key that may be null is no way, and the table stays out', () => {
    const { tables } = proposalOf(comments('?', 'issue_id -> issues'))
    const found = tables.find(({ name }) => name === 'comments')
    expect(found).toMatchObject({ rows: undefined, why: 'its way to a tenant, issue_id, may be null' })
  })

  test('a key of several columns is a way, if none of them may be null', () => {
    const key = (...columns: string[]) => ({
      ...foreignKey('issue_id -> revisions'),
      ...{ columns, to: ['issue_id', 'n'] },
    })
    const found = (columns: readonly string[]) =>
      proposalOf({
        ...TENANTS,
        revisions: {
          columns: ['issue_id bigint', 'n bigint'],
          foreignKeys: [foreignKey('issue_id -> issues')],
        },
        files: { columns, foreignKeys: [key('issue_id', 'n')] },
      }).tables.find(({ name }) => name === 'files')
    expect(found(['id bigint', 'issue_id bigint', 'n bigint'])?.rows).toEqual({
      via: 'issue_id -> revisions',
    })
    expect(found(['id bigint', 'issue_id bigint', 'n? bigint'])).toMatchObject({
      ...{ rows: undefined, why: 'its way to a tenant, n, may be null' },
    })
  })

  test('of two ways a person chooses', () => {
    const two = comments('', 'issue_id -> issues', 'author_id -> members')
    const { tables } = proposalOf(two)
    expect(tables.find(({ name }) => name === 'comments')?.ways.map(({ column }) => column)).toEqual([
      'issue_id',
      'author_id',
    ])
    expect(rowsOf(two, { ways: { comments: 'author_id' } }).comments).toEqual({ via: 'author_id -> members' })
  })

  test('no way leads through a table that is left out', () => {
    const secured = { ...TENANTS.issues, rowSecurity: { enabled: true, forced: false } }
    const rows = rowsOf({ ...comments('', 'issue_id -> issues'), issues: secured })
    expect(rows).toMatchObject({ issues: undefined, comments: undefined })
  })

  test('tables that point at each other end', () => {
    const rows = rowsOf({
      ...TENANTS,
      a: { columns: ['id bigint', 'b_id bigint'], foreignKeys: [foreignKey('b_id -> b')] },
      b: { columns: ['id bigint', 'a_id bigint'], foreignKeys: [foreignKey('a_id -> a')] },
    })
    expect(rows).toMatchObject({ a: undefined, b: undefined })
  })
})

describe('what stays out until a person says otherwise', () => {
  const closed: Tables = {
    ...TENANTS,
    countries: { columns: ['id bigint', 'name'] },
    notes: {
      columns: ['id bigint', 'org_id uuid'],
      rowSecurity: { enabled: true, forced: false },
      policies: [{ name: 'for_all', command: 'all', permissive: true, roles: ['PUBLIC'] }],
    },
    api_keys: { columns: ['id bigint', 'org_id uuid', 'key'] },
  }

  test('reference data, row security of its own, keys to something else', () => {
    expect(rowsOf(closed)).toMatchObject({ countries: undefined, notes: undefined, api_keys: undefined })
    const notes = proposalOf(closed).tables.find(({ name }) => name === 'notes')
    expect(notes?.why).toContain('for_all is for PUBLIC')
  })

  test.each([
    ...[
      'core_apitoken',
      'authtoken_token',
      'personal_access_tokens',
      'AuthTokens',
      'oauth2_provider_accesstoken',
    ],
    ...['django_session', 'user_sessions', 'sessions', 'shop_api_keys', 'accounts_credentials'],
  ])('%s holds keys to something else', (name) => {
    const table = { columns: ['key', 'org_id uuid'] }
    expect(rowsOf({ ...TENANTS, [name]: table })[name]).toBeUndefined()
  })

  test.each(['training_sessions', 'keys_of_doors', 'secretaries', 'tokenizers'])('%s holds none', (name) => {
    const table = { columns: ['id bigint', 'org_id uuid'] }
    expect(rowsOf({ ...TENANTS, [name]: table })[name]).toBe('tenant')
  })

  test.each(['apikey', 'authtoken', 'phonenumber', 'dateofbirth', 'postalcode'])(
    '%s is private in one word',
    (name) => {
      const { tables } = proposalOf({ ...TENANTS, people: { columns: ['id bigint', 'org_id uuid', name] } })
      const column = tables.find((each) => each.name === 'people')?.columns.find((each) => each.name === name)
      expect(column?.shown).not.toBe('show')
    },
  )

  test('and each of these is opened by its name', () => {
    const opened = proposalOf(closed, { serve: ['countries', 'notes', 'api_keys'] })
    expect(rowsOf(closed, { serve: ['countries', 'notes', 'api_keys'] })).toMatchObject({
      ...{ countries: 'all', notes: 'tenant', api_keys: 'tenant' },
    })
    expect(opened.tables.find(({ name }) => name === 'notes')?.accept).toEqual(['row security'])
  })

  test.each([
    ['a view that runs with other rights', { definerFunctions: ['public.f()'] }],
    [
      'a view that reads what is not shown whole',
      { reads: ['public.people'], readsColumns: ['public.people.email'] },
    ],
    ['a view of a schema that is not served', { reads: ['secret.things'] }],
    ['a foreign table', { kind: 'foreign table' as const }],
  ])('%s', (_, words) => {
    const rows = rowsOf({
      ...TENANTS,
      people: { columns: ['id bigint', 'org_id uuid', 'email', 'name'] },
      v: { kind: 'view', columns: ['id bigint', 'org_id uuid'], ...words },
    })
    expect(rows.v).toBeUndefined()
  })

  test('a view that reads only what is shown takes its tenant’s rows', () => {
    const rows = rowsOf({
      ...TENANTS,
      people: { columns: ['id bigint', 'org_id uuid', 'email', 'name'] },
      v: {
        ...{ kind: 'view', columns: ['org_id uuid', 'name'], reads: ['public.people'] },
        readsColumns: ['public.people.name', 'public.people.org_id'],
      },
    })
    expect(rows.v).toBe('tenant')
  })

  test.each(['schema_migrations', '_prisma_migrations', '__drizzle_migrations', 'pg_stat_statements'])(
    '%s, and no answer opens it',
    (name) => {
      const tables = { ...TENANTS, [name]: { columns: ['id bigint', 'org_id uuid'] } }
      expect(rowsOf(tables, { serve: [name] })[name]).toBeUndefined()
    },
  )
})

describe('a database without tenants', () => {
  const shop: Tables = {
    employee: { columns: ['employee_id integer', 'email'], key: ['employee_id'] },
    customer: {
      columns: ['id integer', 'support_rep_id? integer'],
      foreignKeys: [foreignKey('support_rep_id -> employee', 'employee_id')],
    },
    invoice: {
      columns: ['id integer', 'customer_id integer'],
      foreignKeys: [foreignKey('customer_id -> customer')],
    },
    track: { columns: ['id integer', 'name'] },
  }

  test('rows that point at the caller are the caller’s, and all others stand behind a scope', () => {
    expect(rowsOf(shop)).toEqual({
      employee: { employee_id: 'user.employee_id' },
      customer: { support_rep_id: 'user.employee_id' },
      invoice: { via: 'customer_id -> customer' },
      track: 'all',
    })
    expect(proposalOf(shop).tables.find(({ name }) => name === 'track')?.scope).toBe('app:read')
  })

  test('without a user everything stands behind the scope', () => {
    const { tables } = proposalOf(shop, { user: 'none' })
    expect(tables.map(({ rows, scope }) => [rows, scope])).toEqual(Array(4).fill(['all', 'app:read']))
  })
})

describe('what looks private', () => {
  test.each([
    ['email', 'mask(email)'],
    ['contactEmail', 'mask(email)'],
    ['phone_number', 'mask(last 4)'],
    ['iban', 'mask(last 4)'],
    ['born date', 'year'],
    ['birth_date timestamp without time zone', 'year'],
    ['birthday', 'hide'],
    ['encrypted_password', 'hide'],
    ['password_digest', 'hide'],
    ['api_key', 'hide'],
    ['resetToken', 'hide'],
    ['key_hash bytea', 'hide'],
    ['salary numeric', 'hide'],
    ['home_address', 'hide'],
    ['last_sign_in_ip inet', 'hide'],
    ['tokens json', 'hide'],
    ['pdf bytea', 'size'],
    ['remark text -- GDPR: personal data', 'hide'],
    ['email_verified boolean', 'show'],
    ['password_changed_at timestamp with time zone', 'show'],
    ['token_count integer', 'show'],
    ['number', 'show'],
    ['description', 'show'],
    ['shipping_status', 'show'],
  ])('%s: %s', (column, shown) => {
    const [table] = proposalOf({ t: { columns: ['id bigint', column] } }).tables
    expect(table?.columns.at(-1)?.shown).toBe(shown)
  })

  test('a person’s word shows it whole', () => {
    const { tables } = proposalOf({ t: { columns: ['id bigint', 'email'] } }, { show: ['t.email'] })
    expect(tables[0]?.columns.at(-1)).toMatchObject({ shown: 'show', proposed: 'mask(email)' })
  })
})

describe('writes', () => {
  const tables: Tables = {
    ...TENANTS,
    members: { columns: ['id bigint', 'org_id uuid', 'external_sub'] },
    issues: {
      columns: ['id bigint', 'org_id uuid', 'title', 'reporter_id bigint', 'secret'],
      foreignKeys: [foreignKey('reporter_id -> members')],
      triggers: [{ name: 'touch', events: ['update'], definer: false }],
    },
  }
  const issues = (choices: Choices) =>
    proposalOf(tables, choices).tables.find(({ name }) => name === 'issues')

  test('are none by default', () => {
    expect(issues({})).toMatchObject({ writes: undefined, accept: [] })
  })

  test('never set the tenant, who made the row, or what is not shown; the key stays as it is', () => {
    expect(issues({ writes: ['issues'] })).toMatchObject({
      writes: { insert: ['id', 'title'], update: ['title'], set: { reporter_id: 'user.member_id' } },
      accept: ['triggers'],
    })
  })
})

test.each([
  ['mechanics', 'external_sub', true],
  ['users', 'clerk_id', true],
  ['tickets', 'subject', false],
  ['orders', 'external_id', false],
])('%s.%s names the caller: %s', (name, column, is) => {
  const { user } = proposalOf({ ...TENANTS, [name]: { columns: ['id bigint', 'org_id uuid', column] } })
  expect(user?.column === column).toBe(is)
})
