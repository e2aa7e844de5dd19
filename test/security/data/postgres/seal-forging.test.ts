/**
 * Whatever SQL a caller gets to run inside its own transaction, it stays that caller: the guard in front has
 * failed here.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasks } from '../../../../scripts/measure/tasks/table.ts'
import { seal } from '../../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../../src/infra/identity-key.ts'
import {
  caller,
  databases,
  IDENTITY_KEY,
  type Statement,
  type TestDatabase,
} from '../../../support/servers/databases.ts'
import { forgedSettings, withForged } from './forgeries.ts'

const WHOSE = 'select distinct user_id from tasks'
const INSERT = `insert into tasks (id, user_id, title) values (gen_random_uuid(), 'alice', 'x')`

describe.each(databases)("the caller's own SQL, on $engine", ({ start }) => {
  let db: TestDatabase
  const enter = async (userId: string, access = 'read'): Promise<Statement> => [
    'select rowgate.enter($1, $2, $3)',
    [await seal(caller(userId), await importIdentityKey(IDENTITY_KEY), Date.now()), access, 5_000],
  ]
  /** The last statement's rows or SQLSTATE, in a transaction of alice's. */
  const asAlice = async (statements: readonly Statement[], access = 'read') =>
    db.transaction([await enter('alice', access), ...statements])
  const contextOf = async (userId: string) => {
    const rows = await db.transaction([
      await enter(userId),
      [`select current_setting('rowgate.context') as it`],
    ])
    if (typeof rows === 'string') throw new Error(rows)
    return String(rows[0]?.it)
  }

  beforeAll(async () => {
    db = await start()
    for (const userId of ['alice', 'bob']) {
      await db
        .as(userId)
        .write((q) => [q.insert(tasks).values({ id: crypto.randomUUID(), userId, title: 'x' })])
    }
  })
  afterAll(() => db.close())

  test('sees nothing before a transaction is entered', async () => {
    expect(await db.transaction([[WHOSE]])).toEqual([])
    expect(
      await db.transaction([
        [
          'select rowgate.user_id() as u, rowgate.tenant_id() as t, rowgate.has_scope($1) as s',
          ['tasks:read'],
        ],
      ]),
    ).toEqual([{ u: null, t: null, s: false }])
    expect(await db.transaction([[INSERT]])).toBe('42501')
  })

  test("cannot become another with set_config, in any place of a SELECT, even with that other's own words", async () => {
    const bobs = await contextOf('bob')
    const [, [bobsSeal] = []] = await enter('bob')
    const settings = forgedSettings({ context: bobs, seal: String(bobsSeal), name: 'bob' })
    for (const [name, value] of settings) {
      for (const local of ['true', 'false']) {
        const set = `set_config('${name}', '${value}', ${local})`
        for (const text of withForged(set, { column: 'user_id', table: 'tasks' })) {
          expect.soft(onlyAlice(await asAlice([[text]])), text).toBe(true)
        }
        expect.soft(onlyAlice(await asAlice([[`select ${set}`], [WHOSE]])), `${set}; ${WHOSE}`).toBe(true)
      }
    }
  })

  test('cannot become another with statements of its own', async () => {
    const bobs = await contextOf('bob')
    const forms: string[][] = [
      [`set rowgate.context = '${bobs}'`],
      [`set local rowgate.context = '${bobs}'`],
      ['reset all'],
      ['reset role'],
      ['set role postgres'],
      ['set role rowgate_owner'],
      ['set local role none'],
      ['set session authorization postgres'],
      ['set session authorization default'],
      ['set row_security = off'],
      ['discard all'],
      ['rollback'],
      ['commit', `set rowgate.context = '${bobs}'`],
      ['alter table tasks disable row level security'],
      ['alter table tasks no force row level security'],
      ['drop policy tasks_owner on tasks'],
      ['create policy mine on tasks using (true)'],
      [`create or replace function rowgate.user_id() returns text language sql as $$ select 'bob' $$`],
      [
        `create function public.user_id() returns text language sql as $$ select 'bob' $$`,
        'set search_path = public',
      ],
      ['create temporary table tasks (user_id text)'],
      [`create view everything as select * from tasks`],
      [`update rowgate.identity_keys set inner_pad = outer_pad`],
      [`select rowgate.install_key('mine', '\\x${'00'.repeat(32)}')`],
      [`grant postgres to ${db.login}`],
      [`alter role ${db.login} bypassrls`],
    ]
    for (const form of forms) {
      const statements: Statement[] = [...form, WHOSE].map((text) => [text])
      expect.soft(onlyAlice(await asAlice(statements, 'write')), form.join('; ')).toBe(true)
    }
  })

  test('finds nothing in its context that works in another transaction, not even its own', async () => {
    const mine = await contextOf('alice')
    const again = [[`select set_config('rowgate.context', $1, true)`, [mine]], [WHOSE]] as const
    expect(await db.transaction(again)).toEqual([])
    expect(await asAlice(again)).toEqual([])
    expect(await db.transaction([['select rowgate.enter($1, $2, $3)', [mine, 'read', 5_000]]])).toBe('RG002')
  })

  test('reaches neither the keys nor what makes a mac', async () => {
    for (const text of [
      'select * from rowgate.identity_keys',
      `select rowgate.mac('k1', 'seal x')`,
      `select rowgate.authentic('k1', 'seal x', repeat('0', 64))`,
      `select rowgate.claims()`,
      `select rowgate.open_seal('x')`,
      `select rowgate.install_key('k9', sha256('x'))`,
      `select rowgate.retire_key('k1')`,
      `select rowgate.protect('public.tasks', 'select')`,
    ]) {
      expect.soft(await asAlice([[text]], 'write'), text).toBe('42501')
    }
    const executable = await asAlice([
      [
        `select p.proname as name from pg_proc p where p.pronamespace = 'rowgate'::regnamespace
         and has_function_privilege(p.oid, 'execute') order by 1`,
      ],
    ])
    expect(executable).toEqual(
      [
        'ask_approval',
        'audit',
        'audit_later',
        'claim',
        'decide_approval',
        'diagnostics',
        'enter',
        'has_scope',
        'limit_plan',
        'list_approvals',
        'mask_hash',
        'may_write',
        'must_be_few',
        'must_be_first',
        'once',
        'once_done',
        'tenant_id',
        'user_id',
        'written',
      ].map((name) => ({ name })),
    )
  })

  test("finds no caller's seal among the server's own records", async () => {
    const [text, params = []] = await enter('alice')
    const sealed = String(params[0])
    const places = [
      `select coalesce(string_agg(query, ' '), '') as it from pg_stat_activity`,
      `select coalesce(string_agg(name || setting, ' '), '') as it from pg_settings where name not like 'rowgate.%'`,
      `select coalesce(string_agg(statement, ' '), '') as it from pg_prepared_statements`,
      `select coalesce(string_agg(statement, ' '), '') as it from pg_cursors`,
      'select current_query() as it',
    ]
    for (const place of places) {
      const rows = await db.transaction([[text, params], [place]])
      if (typeof rows === 'string') throw new Error(`${place}: ${rows}`)
      expect.soft(String(rows[0]?.it), place).not.toContain(sealed.slice(-64))
      expect.soft(String(rows[0]?.it), place).not.toContain(sealed.split('.')[1])
    }
    const settings = await db.transaction([
      [text, params],
      [
        `select string_agg(setting, ' ') as it from pg_settings where setting like '%' || $1 || '%'`,
        [sealed.slice(-64)],
      ],
    ])
    expect(settings).toEqual([{ it: null }])
  })

  test('is told that it may only read, when it was opened to read', async () => {
    for (const text of [INSERT, `update tasks set title = 'y'`, 'delete from tasks']) {
      expect.soft(await asAlice([[text]]), text).toBe('25006')
    }
  })

  test('cannot write when it was opened to read, however it turns the transaction', async () => {
    const forms: string[][] = [
      [INSERT],
      [`with written as (${INSERT} returning 1) select * from written`],
      [`update tasks set title = 'y'`],
      ['delete from tasks'],
      [`select set_config('transaction_read_only', 'off', true)`, INSERT],
      [`select set_config('transaction_read_only', 'off', false)`, INSERT],
      [`select set_config('default_transaction_read_only', 'off', false)`, INSERT],
      ['set transaction read write', INSERT],
      ['set local transaction_read_only = off', INSERT],
      ['reset transaction_read_only', INSERT],
      [`select set_config('transaction_read_only', null, true)`, INSERT],
      [`select set_config('transaction_read_only', null, true)`, `update tasks set title = 'y' returning 1`],
      [`select set_config('transaction_read_only', null, true)`, 'delete from tasks returning 1'],
      ['truncate tasks'],
      ['select * from tasks for update'],
      ['select user_id into copy from tasks'],
    ]
    for (const form of forms) {
      const outcome = await asAlice(form.map((text) => [text]))
      const refused = typeof outcome === 'string' || (outcome.length === 0 && form.at(-1) !== INSERT)
      expect.soft(refused, form.join('; ')).toBe(true)
    }
    const [left] = await db.as('alice').read((q) => [q.select({ title: tasks.title }).from(tasks)])
    expect(left).toEqual([{ title: 'x' }])
  })

  test("cannot give rows to another, or take another's", async () => {
    const to = (text: string) => asAlice([[text]], 'write')
    expect(await to(INSERT.replace("'alice'", "'bob'"))).toBe('42501')
    expect(await to(`update tasks set user_id = 'bob'`)).toBe('42501')
    expect(await to(`update tasks set title = 'mine' where user_id = 'bob' returning 1`)).toEqual([])
    expect(await to(`delete from tasks where user_id = 'bob' returning 1`)).toEqual([])
    expect(await to(`select from tasks where user_id = 'bob' for update`)).toEqual([])
  })

  // Temporary objects are found last: temporary-objects.test.ts.
  test('plants nothing that a later statement could find first', async () => {
    for (const text of [
      'create table planted (x int)',
      'create function planted() returns int language sql as $$ select 1 $$',
      'create schema planted',
      'create table rowgate.planted (x int)',
    ]) {
      expect.soft(await asAlice([[text]], 'write'), text).toBe('42501')
    }
  })

  test('leaves no setting behind that the next caller of the same session would feel', async () => {
    const left = [
      ['search_path', 'pg_catalog'],
      ['row_security', 'off'],
      ['transform_null_equals', 'on'],
      ['default_transaction_read_only', 'on'],
      ['rowgate.context', 'x'],
    ]
    const outcome = await db.transaction([
      ...left.map((setting): Statement => [`select set_config($1, $2, false)`, setting]),
      await enter('bob'),
      [`${WHOSE} where (null = user_id) is null and current_setting('row_security') = 'on'`],
    ])
    expect(outcome).toEqual([{ user_id: 'bob' }])
  })
})

/** Nothing at all, an error, or alice's own rows. */
function onlyAlice(outcome: readonly Record<string, unknown>[] | string): boolean {
  return typeof outcome === 'string' || outcome.every((row) => row.user_id === 'alice')
}
