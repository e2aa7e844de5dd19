/** Analysts' statements pass the guard, and run as the guard has wrapped them. */

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Analysis, analytics } from '../../../scripts/measure/bench/analytics.ts'
import { access, rows, tables, vectors } from '../../../scripts/measure/bench/sql-fixture.ts'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'
import { wrap } from '../../../src/sql-guard/wrap.ts'
import { partOf } from '../../support/full.ts'
import { shared } from '../../support/product/shared.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

async function accepted({ sql, parameters = [] }: Analysis): Promise<string> {
  const parsed = await parse(sql)
  if (!parsed.ok) throw new Error(parsed.reason)
  const verdict = checkQuery(parsed.tree, access, parameters)
  if (!verdict.ok) throw new Error(verdict.reason)
  return wrap(sql, verdict.extent, { limit: 5 })
}

test('the corpus has at least 80 queries', () => {
  expect(analytics.length).toBeGreaterThanOrEqual(80)
})

const needsVectors = ({ needs }: Analysis) => needs !== undefined
/** Another Postgres, if there is one, runs all that it can; they are one grammar and one set of functions. */
const here = postgres15Missing()
  ? analytics
  : [
      ...analytics.filter(needsVectors),
      ...partOf(
        analytics.filter((analysis) => !needsVectors(analysis)),
        { every: 8 },
      ),
    ]

describe('on PGlite with pgvector', () => {
  let directory: string
  let database: PGlite

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rowgate-analytics-'))
    await cp(await shared('emptyCluster'), directory, { recursive: true })
    database = await PGlite.create(directory, { extensions: { vector } })
    await database.exec(tables)
    await database.exec(rows)
    await database.exec(vectors)
  })

  afterAll(async () => {
    await database.close()
    await rm(directory, { recursive: true, force: true })
  })

  test.for(here)('is accepted and runs: $sql', async (analysis) => {
    const statement = await accepted(analysis)
    const answer = await database.query(statement, [...(analysis.parameters ?? [])], { rowMode: 'array' })
    expect(answer.rows.length).toBeLessThanOrEqual(6)
  })
})

describe.skipIf(postgres15Missing())('on PostgreSQL 15', () => {
  let client: pg.Client

  beforeAll(async () => {
    client = new pg.Client({ connectionString: await createDatabase() })
    await client.connect()
    await client.query(tables)
    await client.query(rows)
  })

  afterAll(() => client.end())

  test.for(analytics.filter((analysis) => !needsVectors(analysis)))('runs: $sql', async (analysis) => {
    const statement = await accepted(analysis)
    const answer = await client.query({
      text: statement,
      values: [...(analysis.parameters ?? [])],
      rowMode: 'array',
    })
    expect(answer.rows.length).toBeLessThanOrEqual(6)
  })
})
