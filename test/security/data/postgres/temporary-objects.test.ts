/**
 * PUBLIC may make temporary objects in a database, and Rowgate takes that from nobody. What a session has of
 * them, should SQL ever get to make one, is found by no statement of ours, and locks nobody out.
 */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { seal } from '../../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../../src/infra/identity-key.ts'
import {
  caller,
  IDENTITY_KEY,
  startWithOwnLogin,
  type TestDatabase,
} from '../../../support/servers/databases.ts'
import { postgres15Missing } from '../../../support/servers/postgres15.ts'

/** Each is made by the login itself, in a session that others have next. */
const PLANTED = [
  "create temporary table tasks as select 'mallory'::text as user_id, 'planted' as title, false as completed",
  'create temporary table pg_roles (rolname name)',
  'create temporary table identity_keys (id text, inner_pad bytea, outer_pad bytea)',
  "create function pg_temp.user_id() returns text language sql as $$ select 'bob'::text $$",
  "create function pg_temp.lower(text) returns text language sql as $$ select 'planted'::text $$",
  'create function pg_temp.starts_with(text, text) returns boolean language sql as $$ select true $$',
  'create operator pg_temp.= (leftarg = text, rightarg = text, function = pg_catalog.texteq)',
  // Last, because they hide Postgres' own types from the statements above.
  'create temporary table text (a int)',
  'create temporary table jsonb (a int)',
  'create temporary table json (a int)',
]

describe.skipIf(postgres15Missing())('in a session with temporary objects', () => {
  let db: TestDatabase
  let session: pg.Client

  const enter = async (user: string, access: 'read' | 'write') => {
    const sealed = await seal(caller(user), await importIdentityKey(IDENTITY_KEY), Date.now())
    await session.query('select rowgate.enter($1, $2, $3)', [sealed, access, 5_000])
  }
  /** Answers to alice's statements, one after the other in one transaction. */
  async function asAlice(access: 'read' | 'write', ...statements: string[]): Promise<unknown[]> {
    await session.query('begin')
    try {
      await enter('alice', access)
      let rows: unknown[] = []
      for (const statement of statements) rows = (await session.query(statement)).rows
      return rows
    } finally {
      await session.query('commit')
    }
  }

  beforeAll(async () => {
    db = await startWithOwnLogin()
    const { username, password, pathname } = new URL(db.url(db.login))
    const url = Object.assign(new URL(String(inject('postgres15'))), { username, password, pathname })
    session = new pg.Client(url.href)
    await session.connect()
    for (const statement of PLANTED) await session.query(statement)
  })
  afterAll(async () => {
    await session?.end()
    await db?.close()
  })

  test('PUBLIC may make them, so that the rest is about something', async () => {
    const { rows } = await db.endpoint.owner(
      `select has_database_privilege('${db.login}', current_database(), 'temp')`,
    )
    expect(rows).toEqual([['t']])
  })

  test('every caller may still enter', async () => {
    expect(await asAlice('read', 'select rowgate.user_id() as it')).toEqual([{ it: 'alice' }])
  })

  test('a write goes to the real table, and a read comes from it', async () => {
    await asAlice(
      'write',
      "insert into tasks (id, user_id, title) values (gen_random_uuid(), 'alice', 'real')",
    )
    expect(await asAlice('read', 'select user_id, title from tasks')).toEqual([
      { user_id: 'alice', title: 'real' },
    ])
    expect((await session.query('select title from pg_temp.tasks')).rows).toEqual([{ title: 'planted' }])
  })

  test('the caller’s own SQL reads the real table by the path that it is given', async () => {
    const path = `set local search_path = "public", pg_temp`
    expect(await asAlice('read', path, 'select lower(title) as title from tasks')).toEqual([
      { title: 'real' },
    ])
  })

  test('a plan is limited by Postgres’ own types', async () => {
    const query = 'select * from public.tasks where title = $1'
    await asAlice('read', `select rowgate.limit_plan('${query}', '{x}', 1000000)`)
  })

  test('of all schemas that a path of ours names pg_temp is the last', async () => {
    const { rows } =
      await db.endpoint.owner(`select p.oid::regprocedure::text from pg_proc p, unnest(p.proconfig) as setting
      where p.pronamespace in (select oid from pg_namespace where nspname in ('rowgate', 'netflix'))
        and setting like 'search\\_path=%' and setting not like '%, pg\\_temp'`)
    expect(rows).toEqual([])
    const [path] = await asAlice('write', `select current_setting('search_path') as it`)
    expect(path).toEqual({ it: expect.stringMatching(/, pg_temp$/) })
  })

  test('a caller’s transaction makes none in one that was entered to read', async () => {
    await expect(asAlice('read', 'create temporary table mine (a int)')).rejects.toMatchObject({
      code: '25006',
    })
  })
})
