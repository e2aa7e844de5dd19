/** The catalogue of a database as `init`, `plan` and `up` read it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../../../scripts/local/postgres/endpoint.ts'
import { type Catalogue, readCatalogue } from '../../../../scripts/operate/source/catalogue.ts'
import { createDatabase, postgres15Missing } from '../../../support/servers/postgres15.ts'
import { APP } from './app.ts'

const engines = [
  { engine: 'the embedded Postgres', url: async () => undefined },
  ...(postgres15Missing() ? [] : [{ engine: 'PostgreSQL 15', url: async () => await createDatabase() }]),
]

describe.each(engines)('the catalogue of $engine', ({ url }) => {
  let endpoint: PostgresEndpoint
  let catalogue: Catalogue
  beforeAll(async () => {
    const postgresUrl = await url()
    endpoint = await startPostgresEndpoint(postgresUrl === undefined ? {} : { postgresUrl })
    await endpoint.owner(APP)
    await endpoint.owner(
      "insert into app.logs select now(), 'line ' || n % 3 from generate_series(1, 90) as n",
    )
    await endpoint.owner('analyze app.logs')
    catalogue = await readCatalogue(endpoint.owner, ['app', 'billing'])
  })
  afterAll(() => endpoint.close())
  const table = (name: string, schema = 'app') =>
    catalogue.tables.find((each) => each.schema === schema && each.name === name)
  const column = (name: string, of: string) => table(of)?.columns.find((each) => each.name === name)

  test('has the tables and views of the named schemas, partitions as one', () => {
    const found = catalogue.tables.map(({ schema, name, kind }) => `${schema}.${name} ${kind}`)
    expect(found).toEqual([
      'app.comments table',
      'app.issue_counts materialized view',
      'app.issues table',
      'app.logs table',
      'app.member_names view',
      'app.members table',
      'app.order table',
      'app.orgs table',
      'app.projects table',
      'app.readings partitioned table',
      'billing.orgs table',
    ])
    expect(table('readings')?.partitionKey).toEqual(['at'])
    expect(table('logs')?.estimatedRows).toBe(90)
  })

  test('tells domains, enums, arrays, generated columns and sequences apart', () => {
    expect(column('stage', 'projects')).toMatchObject({
      type: 'app.stage',
      baseType: 'app.status',
      typeKind: 'domain',
      values: ['open', 'in progress', 'done'],
      notNull: true,
    })
    expect(column('status', 'issues')).toMatchObject({
      typeKind: 'enum',
      values: ['open', 'in progress', 'done'],
    })
    expect(column('marks', 'issues')).toMatchObject({ type: 'app.score[]', isArray: true })
    expect(column('title_length', 'issues')).toMatchObject({ generated: true, hasDefault: false })
    expect(column('id', 'members')).toMatchObject({ generated: true, hasDefault: true })
    expect(column('id', 'issues')).toMatchObject({ generated: false, sequence: 'app.issues_id_seq' })
    expect(column('during', 'readings')).toMatchObject({ typeKind: 'range', notNull: false })
    expect(column('Total Price', 'order')).toMatchObject({ type: 'numeric(10,2)', comment: undefined })
    expect(column('full_name', 'members')?.comment).toBe('As they sign')
    expect(column('line', 'logs')?.hasStatistics).toBe(true)
    expect(column('title', 'issues')?.hasStatistics).toBe(false)
  })

  test('finds keys, foreign keys across schemas, indexes, triggers, policies and grants', () => {
    expect(table('order')?.key).toEqual(['Id'])
    expect(table('logs')?.key).toEqual([])
    expect(table('orgs', 'billing')?.foreignKeys).toEqual([
      { name: 'orgs_id_fkey', columns: ['id'], schema: 'app', table: 'orgs', to: ['id'] },
    ])
    expect(table('issues')?.indexes).toContainEqual({
      name: 'issues_title',
      columns: [undefined],
      unique: false,
      partial: true,
    })
    expect(table('projects')?.triggers).toEqual([
      { name: 'touch_projects', events: ['insert', 'update'], definer: false },
    ])
    expect(table('logs')).toMatchObject({
      rowSecurity: { enabled: true, forced: false },
      policies: [{ name: 'everyone', command: 'all', permissive: true, roles: ['PUBLIC'] }],
    })
    expect(table('issues')?.grantees).toEqual(['app_web'])
    expect(table('comments')?.grantees).toEqual(['app_web'])
    expect(table('orgs')?.grantees).toEqual([])
  })

  test('says what a view reads', () => {
    expect(table('member_names')).toMatchObject({
      reads: ['app.members'],
      readsColumns: ['app.members.full_name', 'app.members.id', 'app.members.org_id'],
      securityInvoker: false,
      definerFunctions: [],
    })
  })
})
