/**
 * Errors that Postgres really raises, as a caller gets them: our code and sentence, and nothing of the
 * driver's.
 */

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasks } from '../../../../scripts/measure/tasks/table.ts'
import { createPostgres } from '../../../../src/data/postgres/connector.ts'
import { RowgateError } from '../../../../src/infra/errors.ts'
import { caller, databases, type TestDatabase } from '../../../support/servers/databases.ts'

/** Stands in values, names and SQL, and must be in no public part of any error. */
const CANARY = 'zebra'

const cases: readonly [what: string, statement: string, code: string][] = [
  ['a syntax error', `selec '${CANARY}'`, 'QUERY_REJECTED'],
  ['an unknown table', `select * from ${CANARY}`, 'QUERY_REJECTED'],
  ['an unknown column', `select ${CANARY} from tasks`, 'QUERY_REJECTED'],
  ['an unknown function', `select ${CANARY}()`, 'QUERY_REJECTED'],
  ['two statements in one', `select '${CANARY}'; select 2`, 'QUERY_REJECTED'],
  ['a type that does not fit', `select '${CANARY}'::int`, 'VALIDATION_ERROR'],
  ['a number out of range', `select 32768::smallint, '${CANARY}'`, 'VALIDATION_ERROR'],
  ['a division by zero', `select 1 / 0, '${CANARY}'`, 'VALIDATION_ERROR'],
  ['a rule of the table', `update tasks set title = '' where '${CANARY}' <> ''`, 'VALIDATION_ERROR'],
  ['a missing value', `update tasks set title = null where '${CANARY}' <> ''`, 'VALIDATION_ERROR'],
  ['a unique value twice', `insert into tasks select * from tasks where title <> '${CANARY}'`, 'CONFLICT'],
  ["another's row", `update tasks set user_id = '${CANARY}'`, 'AUTHORIZATION_ERROR'],
  ['a forbidden table', `select '${CANARY}' from rowgate.identity_keys`, 'AUTHORIZATION_ERROR'],
  ['a subquery of many rows', `select (select generate_series(1, 2)), '${CANARY}'`, 'QUERY_REJECTED'],
]

describe.each(databases)('$engine', ({ engine, start }) => {
  let db: TestDatabase
  const failure = async (work: Promise<unknown>): Promise<RowgateError> => {
    const error: unknown = await work.catch((reason: unknown) => reason)
    if (!(error instanceof RowgateError)) throw new Error('not a RowgateError', { cause: error })
    return error
  }
  const running = (statement: string, over = {}) =>
    failure(db.as('alice', over).write((q) => [q.execute(sql.raw(statement))]))

  beforeAll(async () => {
    db = await start()
    const values = { id: crypto.randomUUID(), userId: 'alice', title: 'x' }
    await db.as('alice').write((q) => [q.insert(tasks).values(values)])
  })
  afterAll(() => db.close())

  test.each(cases)('%s', async (_, statement, code) => {
    const error = await running(statement)
    expect(error).toMatchObject({
      code,
      retryable: false,
      details: { sqlstate: expect.stringMatching(/^[0-9A-Z]{5}$/) },
    })
    expect(JSON.stringify([error.message, error.details]).toLowerCase()).not.toContain(CANARY)
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('a write in a reading call', async () => {
    const error = await failure(db.as('alice').read((q) => [q.delete(tasks)]))
    expect(error).toMatchObject({ code: 'QUERY_REJECTED', details: { sqlstate: '25006' } })
  })

  test('a batch that fails half-way changes nothing', async () => {
    await failure(db.as('alice').write((q) => [q.delete(tasks), q.execute(sql`select 1 / 0`)]))
    expect(await db.as('alice').read((q) => [q.select({ title: tasks.title }).from(tasks)])).toEqual([
      [{ title: 'x' }],
    ])
  })

  test('one call is one request, however many statements it has', async () => {
    const before = db.endpoint.requests()
    const one = sql`select 1 as n`
    const results = await db.as('alice').read((q) => [q.execute(one), q.execute(one), q.select().from(tasks)])
    expect(results).toHaveLength(3)
    expect(db.endpoint.requests() - before).toBe(1)
  })

  test('a builder that is awaited by itself is a mistake that says so', async () => {
    const run: Promise<unknown>[] = []
    await db.as('alice').read((q) => {
      const alone = q.select().from(tasks)
      run.push(alone.execute().catch((error: unknown) => error))
      return [alone]
    })
    expect(await run[0]).toMatchObject({
      cause: { message: expect.stringContaining('read() or write()') },
    })
  })

  test('a key that the database does not know', async () => {
    const open = createPostgres({
      ...db.settings,
      identityKey: `k1:${Buffer.alloc(32, 'other').toString('base64')}`,
    })
    const postgres = open(caller('alice'), {
      signal: new AbortController().signal,
      deadline: Date.now() + 5_000,
    })
    expect(await failure(postgres.read((q) => [q.select().from(tasks)]))).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('IDENTITY_KEY'),
    })
  })

  test('a login that the database does not know', async () => {
    const open = createPostgres({ ...db.settings, databaseUrl: db.url('nobody_here') })
    const postgres = open(caller('alice'), {
      signal: new AbortController().signal,
      deadline: Date.now() + 5_000,
    })
    expect(await failure(postgres.read((q) => [q.select().from(tasks)]))).toMatchObject({
      code: 'UNAVAILABLE',
    })
  })

  test('a call whose client has gone', async () => {
    const gone = AbortSignal.abort()
    const error = await failure(db.as('alice', { signal: gone }).read((q) => [q.select().from(tasks)]))
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: false })
  })

  test('a call that has no time left does not reach the database', async () => {
    const before = db.endpoint.requests()
    expect(await running('select 1', { timeoutMs: 0 })).toMatchObject({ code: 'QUERY_TIMEOUT' })
    expect(db.endpoint.requests()).toBe(before)
  })

  // The embedded Postgres has no timers of its own.
  if (engine === 'PostgreSQL 15') {
    test('a statement that takes too long is stopped by Postgres', async () => {
      const expected = { code: 'QUERY_TIMEOUT', details: { sqlstate: '57014' } }
      expect(await running('select pg_sleep(30)', { timeoutMs: 3_000 })).toMatchObject(expected)
    })
  }

  test('a database that does not answer says what to start, in development only', async () => {
    const nowhere = { ...db.settings, fetchEndpoint: 'http://127.0.0.1:1/sql' }
    const asked = (development: boolean) => {
      const open = createPostgres({ ...nowhere, development })
      const call = { signal: new AbortController().signal, deadline: Date.now() + 5_000 }
      return failure(open(caller('alice'), call).read((q) => [q.select().from(tasks)]))
    }
    try {
      expect(await asked(true)).toMatchObject({
        code: 'UNAVAILABLE',
        retryable: true,
        message: expect.stringContaining('npm start'),
      })
      const production = await asked(false)
      expect(production).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
      expect(production.message).not.toMatch(/npm|DATABASE|127/)
    } finally {
      createPostgres(db.settings)
    }
  })
})
