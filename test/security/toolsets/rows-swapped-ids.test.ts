/**
 * Every tool over a source's views with another tenant's keys and values, through the Worker: nothing of the
 * other tenant comes back or changes, its keys are as good as keys that never were, and so are real values
 * behind a mask. In both ways of enforcing rows, on the embedded Postgres, on PostgreSQL 15, and through
 * PgBouncer.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SourceLock } from '../../../src/infra/config/lock-file.ts'
import { toolsets } from '../../../src/toolsets/index.ts'
import { createWorker } from '../../../src/worker.ts'
import { APP } from '../../integration/scripts/source/app.ts'
import { appSource, ONE, ROWS, TWO } from '../../integration/scripts/source/app-source.ts'
import { type OpenViews, openViews, PLACES, SOURCE } from '../../integration/scripts/source/open-views.ts'
import { partOf } from '../../support/full.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { IDENTITY_KEY } from '../../support/servers/databases.ts'

const SCOPES = ['sql:read', 'rows:read', 'rows:write', 'activity:read', 'system:health', 'sensors:read']
/** The claim that the source's file names. */
const ALICE = { scopes: SCOPES, claims: { org_id: ONE } }
const NONE = 987_654

/** Rows of the other tenant, what its words are, and real values behind masks of one's own. */
const HIDDEN =
  /secret plan|22222222-2222|Bob B|\bc2\b|not an address|alice@one|1234567|5000\.50?|1980-05|YWJj|616263/

/** Calls with a key of the other tenant's, or with `NONE` in its place. */
const SWAPPED: readonly (readonly [tool: string, args: (key: number) => Record<string, unknown>])[] = [
  ['get_row', (key) => ({ table: 'issues', key })],
  ['get_row', (key) => ({ table: 'members', key })],
  ['get_row', (key) => ({ table: 'projects', key })],
  ['find_rows', (key) => ({ table: 'issues', filter: [{ column: 'id', op: 'eq', value: key }] })],
  [
    'find_rows',
    (key) => ({ table: 'issues', filter: [{ column: 'project_id', op: 'in', value: [key, key] }] }),
  ],
  ['find_rows', (key) => ({ table: 'comments', filter: [{ column: 'issue_id', op: 'eq', value: key }] })],
  ['find_rows', (key) => ({ table: 'order', filter: [{ column: 'Id', op: 'gte', value: key }] })],
  ['update_row', (key) => ({ table: 'issues', key, values: { title: 'stolen' } })],
  ['delete_row', (key) => ({ table: 'issues', key })],
  ['insert_row', (key) => ({ table: 'comments', values: { issue_id: key, text: 'mine' } })],
  ['insert_row', (key) => ({ table: 'issues', values: { project_id: key, title: 'mine' } })],
  ['query', (key) => ({ sql: `select * from issues where id = ${key} or project_id = ${key}` })],
  ['query', (key) => ({ sql: `select id from issues where 1 / (id - ${key}) is not null` })],
  ['query', (key) => ({ sql: `select * from comments where issue_id = ${key} or id = ${key}` })],
  ['explain_query', (key) => ({ sql: `select * from issues where id = ${key}`, analyze: true })],
]

/** Each tool, asked for all that it has. */
const EVERYTHING: readonly (readonly [tool: string, args: Record<string, unknown>])[] = [
  ...[
    'app_orgs',
    'billing_orgs',
    'projects',
    'members',
    'issues',
    'comments',
    'order',
    'readings',
    'member_names',
    'issue_counts',
  ].map((table): readonly [string, Record<string, unknown>] => ['find_rows', { table, limit: 100 }]),
  ['list_tables', {}],
  ['describe_tables', { tables: ['members', 'issues', 'order', 'issue_counts'] }],
  ['search_schema', { words: 'secret plan' }],
  ['list_activity', {}],
  ['health_check', {}],
  ['query', { sql: 'select m::text, to_jsonb(m) from members m' }],
  ['query', { sql: 'select * from members order by email, phone, salary, born, photo' }],
  ['query', { sql: 'select max(email), max(phone), max(salary), max(born), max(photo) from members' }],
  ['query', { sql: 'select email::int from members' }],
  ['query', { sql: 'select external_sub::uuid from members' }],
  [
    'query',
    { sql: 'select (select string_agg(t.title, $$,$$) from issues t) union all select name from app_orgs' },
  ],
  ['query', { sql: 'select title::int from issues' }],
  [
    'explain_query',
    { sql: 'select * from members where email = $$alice@one$$ || $$.example$$', analyze: true },
  ],
  ['update_row', { table: 'members', key: 1, values: { email: 'x' } }],
  ['insert_row', { table: 'issues', values: { title: null } }],
  ['insert_row', { table: 'comments', values: { text: 'x' } }],
]

/** A masked column, a real value of it, and one that its mask does not tell apart. */
const GUESSES: readonly (readonly [column: string, real: unknown, wrong: unknown])[] = [
  ['email', 'alice@one.example', 'alicf@one.example'],
  ['phone', '+49 30 1234567', '+49 30 1234568'],
  ['salary', '5000.50', '5000.51'],
  ['external_sub', 'alice', 'alicf'],
]

const settings = PLACES.flatMap((place) =>
  (['views', 'policies'] as const).map((enforce) => ({ ...place, enforce })),
)
/** In `npm test` one of them: behind the pooler. */
const chosen = partOf(settings, { every: settings.length, first: settings.length - 1 })

describe.each(chosen)('by $enforce on $place', ({ enforce, open }) => {
  let views: OpenViews
  let rowgate: Rowgate
  beforeAll(async () => {
    views = await openViews(await open())
    await views.owner(APP)
    await views.owner(ROWS)
    const { lock } = await views.up(appSource(enforce))
    rowgate = await startRowgate({ worker: workerOf(lock), env: environment(views) })
  })
  afterAll(async () => {
    await rowgate?.close()
    await views?.close()
  })

  const call = (tool: string, args: Record<string, unknown>) => rowgate.call('alice', tool, args, ALICE)
  const rowsOfTwo = () =>
    views.owner(`select md5(string_agg(i::text, ',' order by id)) from app.issues i where org_id = '${TWO}'
      union all select md5(string_agg(c::text, ',' order by id)) from app.comments c where issue_id = 3`)

  test('another’s key is answered as one that never was', async () => {
    const before = await rowsOfTwo()
    for (const [tool, args] of SWAPPED) {
      const [foreign, none] = [await call(tool, args(3)), await call(tool, args(NONE))]
      const said = `${tool} ${JSON.stringify(args(3))}`
      expect(foreign.error?.code ?? '', said).not.toMatch(/VALIDATION_ERROR|INTERNAL|UNAVAILABLE/)
      const same = (answer: object) =>
        JSON.stringify(answer).replaceAll(new RegExp(`\\b(3|${NONE})\\b`, 'g'), 'KEY')
      // Times of a plan that ran differ in every run.
      if (tool !== 'explain_query') expect(same(foreign), said).toBe(same(none))
      expect(JSON.stringify(foreign), said).not.toMatch(HIDDEN)
    }
    expect(await rowsOfTwo()).toEqual(before)
  })

  test('whatever a tool is asked for, it gives nothing of another’s and no masked value', async () => {
    for (const [tool, args] of EVERYTHING) {
      const said = `${tool} ${JSON.stringify(args)}`
      const answer = await call(tool, args)
      expect(answer.error?.code ?? '', said).not.toMatch(/INTERNAL|UNAVAILABLE/)
      expect(JSON.stringify(answer), said).not.toMatch(HIDDEN)
    }
  })

  test('a right guess of a masked value is answered as a wrong one', async () => {
    for (const [column, real, wrong] of GUESSES) {
      for (const op of ['eq', 'ne', 'lt', 'gte', 'in', 'contains', 'like']) {
        const ask = async (guess: unknown) => {
          const filter = [{ column, op, value: op === 'in' ? [guess] : guess }]
          const answer = await call('find_rows', {
            table: 'members',
            filter,
            columns: ['id'],
            order: [column],
          })
          return JSON.stringify(answer)
        }
        expect(await ask(real), `${column} ${op}`).toBe(await ask(wrong))
      }
    }
  })
})

function workerOf(lock: SourceLock) {
  return createWorker({
    toolsets,
    sources: [{ name: SOURCE, connect: 'APP_DATABASE_URL', audit: true, lock }],
  })
}

function environment({ settings: { url, fetchEndpoint } }: OpenViews): Record<string, string> {
  return {
    IDENTITY_KEY,
    AUDIT_READS: 'true',
    APP_DATABASE_URL: url,
    ...(fetchEndpoint !== undefined && { APP_DATABASE_FETCH_ENDPOINT: fetchEndpoint }),
  }
}
