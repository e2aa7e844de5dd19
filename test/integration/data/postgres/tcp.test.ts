/** Postgres by TCP, straight and through a pooler in transaction mode: a transaction is one flight. */

import { sql } from 'drizzle-orm'
import pg from 'pg'
import { serialize } from 'pg-protocol'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createPostgres } from '../../../../src/data/postgres/connector.ts'
import { fly } from '../../../../src/data/postgres/flight.ts'
import { startPostgresProxy } from '../../../support/faults/postgres-proxy.ts'
import { caller, overTcp, type TestDatabase } from '../../../support/servers/databases.ts'

const NO_FAULTS = { login: () => undefined, flight: () => undefined }

const SLEEPING =
  "select from pg_stat_activity where datname = $1 and state = 'active' and query like '%pg_sleep(30)%'"

describe.each(overTcp)('$engine', ({ start }) => {
  let database: TestDatabase
  /** Other logins that may see what a session runs. */
  let superuser: pg.Client
  let databaseName: string

  beforeAll(async () => {
    database = await start()
    databaseName = new URL(database.settings.databaseUrl).pathname.slice(1)
    superuser = new pg.Client({ connectionString: inject('postgres15') })
    await superuser.connect()
  })
  afterAll(async () => {
    await superuser.end()
    await database.close()
  })

  test('reads as the caller, with the values that Neon’s driver gives', async () => {
    const [{ rows }] = await database.as('alice').read((db) => [
      db.execute(sql`select rowgate.user_id() as me, 12345678901234567890::numeric as n, 9007199254740993::bigint as b,
        true as t, '{"a":1}'::jsonb as j, null::int as nothing`),
    ])
    expect(rows).toEqual([
      { me: 'alice', n: '12345678901234567890', b: '9007199254740993', t: true, j: { a: 1 }, nothing: null },
    ])
  })

  test('refuses a write in a read, and the whole transaction of a write that fails', async () => {
    await expect(
      database.as('alice').read((db) => [db.execute(sql`create table t (x int)`)]),
    ).rejects.toMatchObject({ code: 'QUERY_REJECTED' })
    await expect(
      database
        .as('alice')
        .write((db) => [
          db.execute(sql`insert into tasks (id, user_id, title) values (gen_random_uuid(), 'alice', 'lost')`),
          db.execute(sql`select 1 / 0`),
        ]),
    ).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { sqlstate: '22012' } })
  })

  test('takes one statement at a time, also where it has no parameters', async () => {
    const two = database.as('alice').read((db) => [db.execute(sql`select 1; select 2`)])
    await expect(two).rejects.toMatchObject({ code: 'QUERY_REJECTED', details: { sqlstate: '42601' } })
  })

  test('the caller of one flight is not there in the next on the same connection', async () => {
    const who = (name: string) =>
      database.as(name).read((db) => [db.execute(sql`select rowgate.user_id(), pg_backend_pid()`)])
    const names = Array.from({ length: 40 }, (_, n) => `caller ${n % 7}`)
    const answers = await Promise.all(names.map(who))
    expect(answers.map(([{ rows }]) => Object.values(rows[0] ?? {})[0])).toEqual(names)
  })

  test('a caller that goes away has its statement ended in Postgres', async () => {
    const gone = new AbortController()
    const call = database.as('alice', { signal: gone.signal })
    const running = call.read((db) => [db.execute(sql`select pg_sleep(30)`)])
    const sleeping = async () => (await superuser.query(SLEEPING, [databaseName])).rowCount
    await expect.poll(sleeping).toBe(1)
    gone.abort()
    await expect(running).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'The call was cancelled.' })
    await expect.poll(sleeping, { timeout: 2_000 }).toBe(0)
  })

  test('an answer that is too large is refused, and sends one cancel request', async () => {
    const target = new URL(database.settings.databaseUrl)
    const proxy = await startPostgresProxy(Number(target.port), NO_FAULTS)
    const databaseUrl = Object.assign(target, { port: String(proxy.port) }).href
    const text = "select repeat('x', 100000) from generate_series(1, 5000)"
    const call = { signal: new AbortController().signal, deadline: Date.now() + 30_000 }
    const through = createPostgres({ ...database.settings, databaseUrl })(caller('alice'), call)
    await expect(through.runCallerSql({ text, parameters: [], searchPath: [] })).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    })
    expect(proxy.cancels()).toBe(1)
    await proxy.close()
  })

  const parserOf = () => String
  const connect = async () => {
    const server = new pg.Client({ connectionString: database.settings.databaseUrl })
    await server.connect()
    return server
  }

  test('a parameter arrives as it was given, whatever is in it', async () => {
    const server = await connect()
    const words = ['a "b"', String.raw`\n`, null, 'NULL', '{x,y}', '', "it's", 'é\n']
    const parameters = [
      words,
      [
        [1, 2],
        [3, 4],
      ],
      Buffer.from([0, 255, 92]),
      { a: ['"'] },
      new Date(0),
      true,
      undefined,
    ]
    const text = `select array_to_json($1::text[]), array_to_json($2::int[]), encode($3::bytea, 'hex'), $4::jsonb,
      extract(epoch from $5::timestamptz)::int, $6::boolean, $7::text`
    const [answer] = await fly({ serialize }, server, [[{ text, parameters, parserOf }]]).answers
    const [row = []] = answer?.rows ?? []
    expect(JSON.parse(String(row[0]))).toEqual(words)
    expect(row.slice(1)).toEqual(['[[1,2],[3,4]]', '00ff5c', '{"a": ["\\""]}', '0', 't', null])
    await server.end()
  })

  test('nothing is run behind a BEGIN that failed', async () => {
    const server = await connect()
    const [begin, insert, commit] = ['begin nonsense', 'select set_config($1, $2, false)', 'commit'].map(
      (text, at) => ({ text, parameters: at === 1 ? ['rowgate.ran', 'yes'] : [], parserOf }),
    )
    if (!begin || !insert || !commit) throw new Error('There are three.')
    await expect(fly({ serialize }, server, [[begin, insert], [commit]]).answers).rejects.toMatchObject({
      code: '42601',
    })
    const { rows } = await server.query("select current_setting('rowgate.ran', true) as ran")
    expect(rows).not.toEqual([{ ran: 'yes' }])
    await server.end()
  })

  test('a superuser’s login opens no transaction, and the sentence names the setting', async () => {
    // The pooler does not know this login.
    const databaseUrl = Object.assign(new URL(inject('postgres15') ?? ''), {
      pathname: `/${databaseName}`,
    }).href
    const call = { signal: new AbortController().signal, deadline: Date.now() + 30_000 }
    const asSuperuser = createPostgres({ ...database.settings, databaseUrl })(caller('alice'), call)
    await expect(asSuperuser.read((db) => [db.execute(sql`select * from tasks`)])).rejects.toMatchObject({
      code: 'UNSAFE_DATABASE_ROLE',
      message: expect.stringMatching(/could bypass row security.*restricted login into DATABASE_URL/),
      retryable: false,
    })
  })

  test('a statement that takes too long is ended by Postgres', async () => {
    const call = database.as('alice', { timeoutMs: 1_000 })
    await expect(call.read((db) => [db.execute(sql`select pg_sleep(30)`)])).rejects.toMatchObject({
      code: 'QUERY_TIMEOUT',
    })
  })
})
