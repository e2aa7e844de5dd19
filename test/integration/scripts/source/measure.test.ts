/** Measurements of a plan. They change nothing in the database and wait for nothing. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Owner } from '../../../../scripts/local/postgres/backend.ts'
import type { Pooler } from '../../../../scripts/local/postgres/pooler.ts'
import { openServer } from '../../../../scripts/local/postgres/server.ts'
import { type Catalogue, readCatalogue } from '../../../../scripts/operate/source/catalogue.ts'
import { warningsOf } from '../../../../scripts/operate/source/measure/warnings.ts'
import { measuredLines, measureSource } from '../../../../scripts/operate/source/measure.ts'
import { Findings } from '../../../../scripts/operate/source/views/findings.ts'
import { servedTables } from '../../../../scripts/operate/source/views/tables.ts'
import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { catalogueOf } from '../../../support/databases/catalogue-of.ts'
import { createForeignDatabase, type ForeignDatabase } from '../../../support/databases/foreign.ts'
import { postgres15Missing } from '../../../support/servers/postgres15.ts'

const TENANT = { claim: 'org_id', type: 'uuid', column: 'org_id' } as const
const FILE: SourceFile = {
  engine: 'postgres',
  connect: 'APP_DATABASE_URL',
  identity: { tenant: TENANT, user: { lookup: 'members.external_sub', as: 'member_id' } },
  tables: {
    orgs: { rows: { id: 'tenant' } },
    members: { rows: { id: 'user.member_id' } },
    issues: { rows: 'tenant', order: '-id' },
    comments: { rows: { via: 'issue_id -> issues' }, enforce: 'policies' },
    countries: { rows: 'all' },
  },
}

describe.skipIf(postgres15Missing())('measuring a source', () => {
  let database: ForeignDatabase
  let close: () => Promise<void>
  let owner: Owner
  const sent: string[] = []

  beforeAll(async () => {
    database = await createForeignDatabase('fieldwork')
    const server = await openServer(database.url)
    owner = (sql) => {
      sent.push(sql)
      return server.owner(sql)
    }
    close = server.close
  })
  afterAll(async () => await close())

  async function measured(file = FILE, catalogue?: Catalogue) {
    catalogue ??= await readCatalogue(owner, ['public'])
    sent.length = 0
    const tables = servedTables({
      ...{ file, catalogue, findings: new Findings(), defaultShown: () => 'show' as const },
      knownColumns: () => undefined,
    })
    return await measureSource(owner, { file, catalogue, tables, pooler: 'transaction' })
  }

  test('counts what real tenants, an unknown one and nobody would see, also by a parent and by the user', async () => {
    const { callers, rows } = await measured()
    expect(callers).toEqual([
      'a0000000-0000-4000-8000-000000000001',
      'b0000000-0000-4000-8000-000000000002',
      'an unknown tenant',
      'nobody',
    ])
    expect(Object.fromEntries(rows.map(({ named, rows: seen }) => [named, seen]))).toEqual({
      orgs: [1, 1, 0, 0],
      members: [1, 1, 0, 0],
      issues: [1000, 100, 0, 0],
      comments: [2000, 200, 0, 0],
      countries: [3, 3, 3, 3],
    })
    expect(sent.filter((sql) => !sql.startsWith('set transaction read only; set local'))).toEqual([])
  })

  test('prints it as a table', async () => {
    const lines = measuredLines(await measured())
    expect(lines[0]).toMatch(/^rows seen by +a0000000.* an unknown tenant +nobody$/)
    expect(lines[3]).toMatch(/^issues +1000 +100 +0 +0$/)
  })

  test('gives up on a table that an application has locked, and goes on', async () => {
    const catalogue = await readCatalogue(owner, ['public'])
    const rows = await database.as('fw_owner', async (client) => {
      await client.query('begin; lock table issues in access exclusive mode')
      return (await measured(FILE, catalogue)).rows
    })
    expect(rows.map(({ named, rows: seen }) => [named, seen[0]])).toEqual([
      ...[
        ['orgs', 1],
        ['members', 1],
        ['issues', undefined],
        ['comments', undefined],
        ['countries', 3],
      ],
    ])
  })

  test('measures the newest 20 of a large tenant both ways', async () => {
    await database.as('fw_owner', (client) =>
      client.query(`insert into issues (org_id, project_id, title, reporter_id)
        select org_id, project_id, title, reporter_id from issues, generate_series(1, 6) where org_id::text like 'a%'`),
    )
    const { rows } = await measured()
    const newest = rows.find(({ named }) => named === 'issues')?.newest
    expect(newest).toEqual({ rows: 7000, views: expect.any(Number), policies: expect.any(Number) })
  })
})

describe('warnings', () => {
  const { tables } = catalogueOf({
    issues: {
      columns: ['id bigint', 'org_id uuid', 'title', 'secret'],
      grantees: ['web'],
      indexes: [
        { name: 'by_title', columns: ['title'], unique: false, partial: false },
        { name: 'by_secret', columns: ['secret'], unique: false, partial: false },
        { name: 'by_org', columns: ['org_id', 'title'], unique: false, partial: false },
      ],
    },
  })
  const [table] = tables
  const said = (over: {
    divided?: boolean
    enforce?: 'policies'
    connect?: string
    pooler?: Pooler | undefined
    views?: number
  }) => {
    if (table === undefined) throw new Error('There is no table.')
    const { divided = true, enforce = 'views', views = 8.5, pooler } = over
    const warnings = warningsOf({
      file: { ...FILE, connect: over.connect ?? 'APP_DATABASE_URL' },
      pooler,
      tables: [{ named: 'issues', table, enforce, shown: 3, whole: ['id', 'org_id', 'title'], divided }],
      seen: [{ named: 'issues', rows: [40_000], newest: { rows: 40_000, views, policies: 0.06 } }],
    })
    return warnings.map((each) => `${each.said} ${each.write ?? ''}${each.run ?? ''}`).join('\n')
  }

  test('an index that begins with a text that is shown whole, with a better one', () => {
    expect(said({})).toContain('by_title begins with title')
    expect(said({})).toContain('create index on "public"."issues" ("org_id", "title")')
    expect(said({})).not.toMatch(/by_secret|by_org/)
    expect(said({ divided: false })).not.toContain('by_title')
  })

  test('a large tenant whose newest rows are slow by views, with the price of policies', () => {
    expect(said({})).toMatch(/40000 rows .* take 8.5 ms by views, and would take 0.06 ms by policies/)
    expect(said({})).toContain('web see what they see now; pg_dump by it would fail')
    expect(said({ views: 0.1 })).not.toContain('by policies')
    expect(said({ enforce: 'policies' })).not.toContain('by policies')
  })

  test.each([
    ['none', 'leads straight to a server'],
    ['session', 'is in session mode'],
    ['transaction', undefined],
    [undefined, undefined],
  ] as const)('a way to the server that costs a connection for each call: %s', (pooler, warning) => {
    const words = /leads straight to a server|is in session mode/.exec(said({ pooler }))?.[0]
    expect(words).toBe(warning)
    expect(said({ pooler, connect: 'HYPERDRIVE_APP' })).not.toContain('session mode')
  })

  test('migrations that will fail', () => {
    expect(said({})).toContain('drops one of the 3 columns that are shown')
  })
})
