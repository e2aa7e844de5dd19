/** The Postgres endpoint through the driver that production uses, on both of its backends. */

import { networkInterfaces } from 'node:os'
import { neon, neonConfig } from '@neondatabase/serverless'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../../scripts/local/postgres/endpoint.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

const notes = pgTable('notes', { id: integer().primaryKey(), body: text() })
type Row = Record<string, unknown>
const PASSWORD = "p@ss/wörd:%'"

const backends = [
  { name: 'the embedded Postgres', skip: false, options: async () => ({}) },
  {
    name: 'PostgreSQL 15',
    skip: postgres15Missing(),
    options: async () => ({ postgresUrl: await createDatabase() }),
  },
]

describe.each(backends.filter(({ skip }) => !skip))('$name behind the endpoint', ({ options }) => {
  let endpoint: PostgresEndpoint
  let database: string
  /** Roles belong to the whole server, which other test files share. */
  const reader = `endpoint_reader_${process.pid}`

  const url = (user = reader, password = PASSWORD, name = database) =>
    `postgres://${user}:${encodeURIComponent(password)}@db.invalid/${name}`
  const connect = (connectionString = url()) => neon(connectionString)
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    )
  const post = (body: unknown, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(endpoint.url, {
      method: 'POST',
      headers: { 'neon-connection-string': url(), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
    })

  beforeAll(async () => {
    endpoint = await startPostgresEndpoint(await options())
    neonConfig.fetchEndpoint = endpoint.url
    const { rows } = await endpoint.owner('select current_database()')
    database = String(rows[0]?.[0])
    await endpoint.owner(`create role ${reader} login password '${PASSWORD.replaceAll("'", "''")}'`)
    endpoint.handOut({ user: reader, password: PASSWORD, database })
    await endpoint.owner(
      'create table notes (id int primary key, body text); create table vault (secret text)',
    )
    await endpoint.owner(`insert into vault values ('gold'); grant all on notes to ${reader}`)
  })
  beforeEach(async () => {
    await endpoint.owner('truncate notes')
  })
  afterAll(async () => {
    await endpoint.owner(`drop owned by ${reader}; drop role ${reader}`)
    await endpoint.close()
  })

  test('values come back as Postgres prints them, nulls and hostile text included', async () => {
    const body = `'; drop table notes; -- \u{1F600} "\\ \n`
    const db = drizzle(connect())
    await db.insert(notes).values({ id: 1, body })
    expect(await db.select().from(notes)).toEqual([{ id: 1, body }])
    const [row] = await connect()`select null as n, 9007199254740993::bigint as big, '{1,2}'::int[] as list,
      '2026-01-02 03:04:05+00'::timestamptz as at, '\\x00ff'::bytea as bytes, true as yes, ${'x'}::text as x`
    expect(row).toMatchObject({ n: null, big: '9007199254740993', list: [1, 2], yes: true, x: 'x' })
    expect(row?.at).toBe('2026-01-02 03:04:05+00')
    expect(row?.bytes).toEqual(Buffer.from([0, 255]))
  })

  test('a batch is one transaction: all of it is seen, in order', async () => {
    const db = drizzle(connect())
    const [, , count] = await db.batch([
      db.insert(notes).values({ id: 1, body: 'a' }),
      db.insert(notes).values({ id: 2, body: 'b' }),
      db.select({ n: sql<number>`count(*)::int` }).from(notes),
    ])
    expect(count).toEqual([{ n: 2 }])
  })

  test('a batch that fails leaves nothing behind, and the next one is served', async () => {
    const db = drizzle(connect())
    const error = await failure(
      db.batch([
        db.insert(notes).values({ id: 1, body: 'a' }),
        db.insert(notes).values({ id: 1, body: 'again' }),
      ]),
    )
    expect(error).toMatchObject({ code: '23505', constraint: 'notes_pkey', table: 'notes' })
    expect(await db.select().from(notes)).toEqual([])
  })

  test('an error carries the fields of the Postgres protocol', async () => {
    const error = await failure(connect()`select nope from notes`)
    expect(error).toMatchObject({ name: 'NeonDbError', code: '42703', severity: 'ERROR', position: '8' })
  })

  test('read-only, isolation and deferrable headers open the transaction', async () => {
    const db = connect()
    const settings = await db.transaction(
      [
        db`select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as
        read_only, current_setting('transaction_deferrable') as deferrable`,
      ],
      { isolationLevel: 'Serializable', readOnly: true, deferrable: true },
    )
    expect(settings).toEqual([[{ isolation: 'serializable', read_only: 'on', deferrable: 'on' }]])
    const write = db.transaction([db`insert into notes values (1, 'x')`], { readOnly: true })
    expect(await failure(write)).toMatchObject({ code: '25006' })
  })

  test.each(['select 1; select 2', 'commit; drop table notes', 'begin; select 1'])(
    'two statements in one query are refused: %s',
    async (query) => {
      expect(await failure(connect().query(query))).toMatchObject({ code: '42601' })
      const { rows } = await endpoint.owner("select to_regclass('notes') is not null")
      expect(rows).toEqual([['t']])
    },
  )

  test('the session is the login of the connection string', async () => {
    const rows = await connect()`select session_user as login, current_user as role,
      current_setting('is_superuser') as super`
    expect(rows).toEqual([{ login: reader, role: reader, super: 'off' }])
    expect(await failure(connect()`select * from vault`)).toMatchObject({ code: '42501' })
  })

  test.each([
    ['a wrong password', () => url(reader, 'wrong')],
    ['an empty password', () => url(reader, '')],
    ['a user that is not there', () => url('nobody_here')],
    ['a user with quotes in the name', () => url(encodeURIComponent('x"; reset role; --'))],
    ['the owner without a password', () => url('postgres', '')],
  ])('%s is refused, and says no more than that', async (_, connection) => {
    const error = await failure(connect(connection())`select 1`)
    expect(error).toMatchObject({ code: '28P01' })
  })

  test.each([
    ['the owner, whom a trusting server would let in', () => 'postgres', () => PASSWORD],
    ['another password that the server would take', () => reader, () => 'second'],
  ])('a login that was not handed out is refused: %s', async (_, user, password) => {
    await endpoint.owner(`alter role ${reader} password 'second'`)
    const error = await failure(connect(url(user(), password()))`select 1`)
    await endpoint.owner(`alter role ${reader} password '${PASSWORD.replaceAll("'", "''")}'`)
    expect(error).toMatchObject({ code: '28P01' })
  })

  test('a database that was not handed out is refused, though it is there', async () => {
    const error = await failure(connect(url(reader, PASSWORD, 'template1'))`select 1`)
    expect(error).toMatchObject({ code: '28P01' })
  })

  test('a database that is not there is refused', async () => {
    endpoint.handOut({ user: reader, password: PASSWORD, database: 'not_here' })
    const error = await failure(connect(url(reader, PASSWORD, 'not_here'))`select 1`)
    expect(error).toMatchObject({ code: '3D000' })
  })

  test.each([
    'set session authorization postgres',
    "select set_config('session_authorization', 'postgres', false)",
    "select set_config('session_authorization', 'postgres', true)",
    "do $$ begin execute 'set session authorization postgres'; end $$",
    'set role postgres',
    "select set_config('role', 'postgres', false)",
  ])('a statement cannot take another identity into the next: %s', async (query) => {
    const db = connect()
    const error = await failure(
      db.transaction([db.query(query), db`insert into notes select 1, secret from vault`]),
    )
    expect(error).toMatchObject({ code: '42501' })
    expect(await failure(db.query(query))).toMatchObject({ code: '42501' })
    expect(await db`select session_user as login, current_user as role`).toEqual([
      { login: reader, role: reader },
    ])
  })

  test('a role that a caller left behind does not reach the next', async () => {
    const db = connect()
    await db`reset session authorization`.catch(() => undefined)
    await db`reset role`
    expect(await db`select session_user as login`).toEqual([{ login: reader }])
  })

  describe('nothing of a session reaches the next, on the same connection:', () => {
    test.each<[what: string, leave: readonly string[], look: string, clean: unknown]>([
      [
        'settings',
        ["select set_config('statement_timeout', '12345', false)"],
        "select current_setting('statement_timeout') as left",
        '0',
      ],
      [
        'settings of one’s own',
        ["select set_config('my.secret', 'x', false)"],
        "select coalesce(current_setting('my.secret', true), '') as left",
        '',
      ],
      ['SET', ['set work_mem = 64'], "select current_setting('work_mem') as left", '4MB'],
      ['the role', ['reset role'], 'select current_user as left', reader],
      [
        'temporary tables',
        ['create temporary table leak (a int)'],
        "select to_regclass('pg_temp.leak') as left",
        null,
      ],
      [
        'temporary functions',
        ['create function pg_temp.leak() returns int language sql as $$ select 1 $$'],
        "select count(*) as left from pg_proc where proname = 'leak'",
        '0',
      ],
      [
        'prepared statements',
        ['prepare leak as select 1'],
        "select count(*) as left from pg_prepared_statements where name = 'leak'",
        '0',
      ],
      [
        'cursors',
        ["declare leak cursor with hold for select 'x'"],
        "select count(*) as left from pg_cursors where name = 'leak'",
        '0',
      ],
      [
        'advisory locks',
        ['select pg_advisory_lock(4711)'],
        "select count(*) as left from pg_locks where locktype = 'advisory' and objid = 4711",
        '0',
      ],
      ['LISTEN', ['listen leak'], 'select count(*) as left from pg_listening_channels()', '0'],
    ])('%s', async (_, leave, look, clean) => {
      const db = connect()
      const pid = 'select pg_backend_pid() as pid'
      const left = await db.transaction([...leave, pid].map((text) => db.query(text)))
      let met = 0
      // Another connection may answer while that one is reset.
      while (met < 3) {
        const [[row], [here]] = (await db.transaction([db.query(look), db.query(pid)])) as [Row[], Row[]]
        expect(row).toEqual({ left: clean })
        if (here?.pid === left.at(-1)?.[0]?.pid) met += 1
      }
    })

    test('an open transaction', async () => {
      const db = connect()
      await db`begin`
      for (const id of [1, 2, 3]) await db`insert into notes values (${id}, 'kept')`
      expect((await endpoint.owner('select count(*) from notes')).rows).toEqual([['3']])
    })

    test('sequences', async () => {
      await endpoint.owner(`create sequence if not exists numbers; grant usage on numbers to ${reader}`)
      await connect()`select nextval('numbers')`
      expect(await failure(connect()`select lastval()`)).toMatchObject({ code: '55000' })
      await endpoint.owner('drop sequence numbers')
    })
  })

  test('requests at the same time each get their own answer', async () => {
    const numbers = Array.from({ length: 24 }, (_, index) => index)
    const answers = await Promise.all(
      numbers.map((n) => connect()`select ${n}::int as n, session_user as login`),
    )
    expect(answers).toEqual(numbers.map((n) => [{ n, login: reader }]))
  })

  test('a statement that must stand alone is not wrapped in a transaction', async () => {
    await endpoint.owner(`alter table notes owner to ${reader}`)
    expect(await connect()`vacuum notes`).toEqual([])
  })

  test('array mode and raw text are as the headers ask', async () => {
    const query = {
      query: 'select 1 as a, true as b, $1::jsonb as c, null as d, 5::bigint as e',
      params: ['{"x":1}'],
    }
    const plain = await (await post(query)).json()
    expect(plain).toMatchObject({
      rows: [{ a: 1, b: true, c: { x: 1 }, d: null, e: '5' }],
      command: 'SELECT',
      rowCount: 1,
      rowAsArray: false,
    })
    const raw = await (
      await post(query, { 'neon-raw-text-output': 'true', 'neon-array-mode': 'true' })
    ).json()
    expect(raw).toMatchObject({ rows: [['1', 't', '{"x": 1}', null, '5']], rowAsArray: true })
    expect(raw).toHaveProperty('fields.0', expect.objectContaining({ name: 'a', dataTypeID: 23 }))
  })

  test.each([
    ['no JSON', '{', {}, 400],
    ['no query', { params: [] }, {}, 400],
    ['an isolation level that is none', { queries: [] }, { 'neon-batch-isolation-level': 'x; drop' }, 400],
    ['a connection string that is none', { query: 'select 1' }, { 'neon-connection-string': 'nope' }, 400],
    ['a broken escape', { query: 'select 1' }, { 'neon-connection-string': 'postgres://a:%@h/d' }, 400],
    ['a body without end', { query: `select '${'x'.repeat(9_000_000)}'` }, {}, 413],
  ])('%s is refused with a sentence', async (_, body, headers, status) => {
    const response = await post(body, headers)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ message: expect.stringMatching(/^[A-Z].*\.$/) })
  })

  test('every request that is let in is counted, and no other', async () => {
    const before = endpoint.requests()
    expect((await fetch(endpoint.url)).status).toBe(405)
    await connect()`select 1`
    expect(endpoint.requests()).toBe(before + 1)
  })

  test('a client that goes away loses its transaction and holds nobody up', async () => {
    const gone = new AbortController()
    const slow = 'insert into notes select g, md5(g::text) from generate_series(1, 300000) g'
    const request = post({ queries: [{ query: slow }, { query: slow }] }, {}, { signal: gone.signal })
    setImmediate(() => gone.abort())
    await failure(request)
    expect(await connect()`select count(*)::int as n from notes`).toEqual([{ n: 0 }])
  })
})

describe.skipIf(postgres15Missing())('only PostgreSQL 15', () => {
  test('an answer that was sent whole cancels nothing', async () => {
    const endpoint = await startPostgresEndpoint({ postgresUrl: await createDatabase() })
    const user = `endpoint_calm_${process.pid}`
    await endpoint.owner(`create role ${user} login password 'calm'`)
    const { rows } = await endpoint.owner('select current_database()')
    const database = String(rows[0]?.[0])
    const db = neon(endpoint.handOut({ user, password: 'calm', database }))
    neonConfig.fetchEndpoint = endpoint.url
    // A cancel request is a session of its own. The statement takes as long as one may need to come.
    for (let call = 0; call < 20; call++) await db`select pg_sleep(0.02)`
    await endpoint.owner('select pg_stat_force_next_flush()')
    const sessions = await endpoint.owner(
      `select sessions from pg_stat_database where datname = current_database()`,
    )
    expect(Number(sessions.rows[0]?.[0])).toBeLessThan(15)
    await endpoint.owner(`drop role ${user}`)
    await endpoint.close()
  })

  test('a client that goes away stops what the server was doing for it', async () => {
    const postgresUrl = await createDatabase()
    const endpoint = await startPostgresEndpoint({ postgresUrl })
    const gone = new AbortController()
    const { username: user, password, pathname } = new URL(postgresUrl)
    const connection = endpoint.handOut({ user, password, database: pathname.slice(1) })
    const request = fetch(endpoint.url, {
      method: 'POST',
      headers: { 'neon-connection-string': connection },
      body: JSON.stringify({ query: 'select pg_sleep(600)' }),
      signal: gone.signal,
    })
    const running = async () => {
      const { rows } = await endpoint.owner(`select count(*) from pg_stat_activity
        where query = 'select pg_sleep(600)' and state = 'active' and datname = current_database()`)
      return rows[0]?.[0]
    }
    await vi.waitFor(async () => expect(await running()).toBe('1'), 10_000)
    gone.abort()
    await expect(request).rejects.toThrow('aborted')
    await vi.waitFor(async () => expect(await running()).toBe('0'), 10_000)
    await endpoint.close()
  })
})

describe('only the embedded Postgres', () => {
  test('a statement that never ends is ended, and what was committed before is still there', async () => {
    const endpoint = await startPostgresEndpoint({ statementLimitMs: 1_000 })
    await endpoint.owner('create table kept (a int); insert into kept values (1)')
    await expect(
      endpoint.owner('with recursive r as (select 1 union all select 1 from r) select count(*) from r'),
    ).rejects.toMatchObject({ fields: { code: '57014' } })
    expect((await endpoint.owner('select * from kept')).rows).toEqual([['1']])
    await endpoint.close()
  })

  test('it has pgvector and the text-search extensions, and listens on 127.0.0.1 only', async () => {
    const endpoint = await startPostgresEndpoint()
    for (const name of ['vector', 'pg_trgm', 'unaccent']) {
      expect((await endpoint.owner(`create extension ${name}`)).command).toBe('CREATE')
    }
    const { port, hostname } = new URL(endpoint.url)
    expect(hostname).toBe('127.0.0.1')
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    for (const { address } of addresses.filter(({ family, internal }) => family === 'IPv4' && !internal)) {
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow('fetch failed')
    }
    await endpoint.close()
  })
})
