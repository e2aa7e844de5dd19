/** `rowgate sync` and `check` on a database that has changed since the last `up`. */

import { expect, test } from 'vitest'
import { driftOf } from '../../../../scripts/operate/source/drift.ts'
import { propose } from '../../../../scripts/operate/source/init/propose.ts'
import { columnHash } from '../../../../scripts/operate/source/views/lock.ts'
import type { SourceLock } from '../../../../src/infra/config/lock-file.ts'
import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { catalogueOf } from '../../../support/databases/catalogue-of.ts'
import { lockOf, tableOf } from '../../../support/product/sources.ts'

type Tables = Parameters<typeof catalogueOf>[0]

const BEFORE: Tables = {
  orgs: { columns: ['id uuid'] },
  issues: { columns: ['id bigint', 'org_id uuid', 'title', 'body?', 'secret'] },
}
const FILE: SourceFile = {
  engine: 'postgres',
  connect: 'APP_URL',
  identity: { tenant: { claim: 'org_id', type: 'uuid', column: 'org_id' } },
  tables: {
    orgs: 'deny',
    issues: {
      rows: 'tenant',
      columns: { id: 'show', org_id: 'hide', title: 'show', body: 'show', secret: 'hide' },
    },
  },
}

/** As `up` made it of the first catalogue. */
function locked(): SourceLock {
  const table = catalogueOf(BEFORE).tables.find(({ name }) => name === 'issues')
  if (table === undefined) throw new Error('There is no table.')
  const made = tableOf('issues', { id: 'bigint', title: 'text', body: 'text' })
  const columns = made.columns.map((column) => {
    const found = table.columns.find(({ name }) => name === column.name)
    return { ...column, hash: found === undefined ? '' : columnHash(table, found) }
  })
  return lockOf([{ ...made, columns }])
}

function drift(now: Tables, over: { fileHash?: string; lock?: undefined } = {}) {
  const catalogue = catalogueOf(now)
  const { tables } = propose({ source: 'app', catalogue, shapes: new Map() })
  const lock = 'lock' in over ? over.lock : locked()
  const found = driftOf({
    file: FILE,
    fileHash: over.fileHash ?? 'f'.repeat(64),
    lock,
    catalogue,
    proposed: tables,
  })
  return { broken: found.broken.map(({ said }) => said), fresh: found.fresh }
}

test('nothing has changed', () => {
  expect(drift(BEFORE)).toEqual({ broken: [], fresh: [] })
})

test.each([
  ['a column that is gone', ['id bigint', 'org_id uuid', 'body?', 'secret'], 'its column title is gone.'],
  [
    'a column of another type',
    ['id bigint', 'org_id uuid', 'title integer', 'body?', 'secret'],
    'its column title has changed, and is now integer not null.',
  ],
  [
    'a column that may no longer be null',
    ['id bigint', 'org_id uuid', 'title', 'body', 'secret'],
    'its column body has changed, and is now text not null.',
  ],
])('%s is broken', (_, columns, said) => {
  expect(drift({ ...BEFORE, issues: { columns } }).broken).toEqual([said])
})

test('a table that is gone is broken', () => {
  expect(drift({ orgs: { columns: ['id uuid'] } }).broken).toEqual([
    'it is gone, and the view issues with it.',
  ])
})

test('what the file does not show may change as it likes', () => {
  const columns = ['id bigint', 'org_id uuid', 'title', 'body?']
  expect(drift({ ...BEFORE, issues: { columns } })).toEqual({ broken: [], fresh: [] })
})

test('a new column and a new table are closed, and lines are proposed', () => {
  const { broken, fresh } = drift({
    orgs: { columns: ['id uuid'] },
    issues: { columns: ['id bigint', 'org_id uuid', 'title', 'body?', 'secret', 'phone'] },
    labels: { columns: ['id bigint', 'org_id uuid', 'name'] },
  })
  expect(broken).toEqual([])
  expect(fresh).toEqual([
    {
      ...{ table: 'public.issues', said: 'its column phone is not in the file, so it is closed.' },
      lines: ['phone: mask(last 4) # its name says a telephone number'],
    },
    {
      ...{ table: 'public.labels', said: 'it is not in the file, so it is closed.' },
      lines: [
        'labels:',
        "  rows: tenant # the tenant's rows",
        '  columns: { id: show, org_id: show, name: show }',
      ],
    },
  ])
})

test('a file that was changed, or never made, is broken', () => {
  expect(drift(BEFORE, { fileHash: 'other' }).broken[0]).toContain('has changed since the last `rowgate up`')
  expect(drift(BEFORE, { lock: undefined }).broken).toEqual(['it was never made: run `rowgate up`.'])
})
