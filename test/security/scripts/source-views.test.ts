/**
 * Hostile SQL through the views, as if the SQL guard in front had failed: nothing of another tenant, and no
 * masked value, by errors, filters, sort orders, functions or roles.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APP } from '../../integration/scripts/source/app.ts'
import { appSource, ONE, ROWS, TWO } from '../../integration/scripts/source/app-source.ts'
import { type OpenViews, openViews } from '../../integration/scripts/source/open-views.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

const alice = { user: 'alice', tenant: ONE }

/** The hidden row of each view, by a condition that fails on it alone. */
const FAILS_ON_HIDDEN: readonly (readonly [what: string, sql: string])[] = [
  ['a filter', 'select id from agent.issues where 1 / (id - 3) is not null'],
  [
    'a cast',
    "select id from agent.issues where case when title = 'secret plan' then title::int = 1 else true end",
  ],
  ['a sort order', 'select id from agent.issues order by 1 / (id - 3)'],
  [
    'a join',
    'select i.id from agent.issues i join agent.issues j on 1 / (j.id - 3) is not null and j.id = i.id',
  ],
  [
    'a subquery',
    'select id from agent.issues where exists (select from agent.issues j where 1 / (j.id - 3) is not null)',
  ],
  ['an aggregate', 'select sum(1 / (id - 3)) from agent.issues'],
  ['a view through a parent', 'select id from agent.comments where 1 / (id - 2) is not null'],
  ['a wrapped view', 'select id from agent.member_names where 1 / (id - 3) is not null'],
  ['a partition', 'select at from agent.readings where 1 / (value - 2)::int is not null'],
  ['a materialized view', 'select org_id from agent.issue_counts where 1 / (issues - 1) is not null'],
]

describe.skipIf(postgres15Missing()).each(['views', 'policies'] as const)(
  'through the views, enforced by %s,',
  (enforce) => {
    let views: OpenViews
    beforeAll(async () => {
      views = await openViews(await createDatabase())
      await views.owner(APP)
      await views.owner(ROWS)
      await views.up(appSource(enforce))
    })
    afterAll(() => views.close())

    test.each(FAILS_ON_HIDDEN)('%s never runs on a hidden row', async (_, sql) => {
      const who = { ...alice, scopes: ['sensors:read'] }
      expect(await views.as(who, sql)).toBeInstanceOf(Array)
      // Shows that the attack can succeed: the other tenant's row fails.
      expect(await views.as({ user: 'bob', tenant: TWO, scopes: who.scopes }, sql)).toMatch(/^22/)
    })

    test('a write runs its condition on no hidden row either', async () => {
      const update = 'update agent.issues set title = title where 1 / (id - 3) is not null returning 1'
      expect(await views.as(alice, update, 'write')).toHaveLength(2)
      expect(await views.as(alice, 'delete from agent.issues where 1 / (id - 3) = 9', 'write')).toEqual([])
    })

    test('a masked value is no filter, no sort key, no group and no error', async () => {
      const equal = (column: string, value: string) =>
        views.as(alice, `select id from agent.members where ${column}::text = '${value}'`)
      expect(await equal('email', 'alice@one.example')).toEqual([])
      expect(await equal('phone', '+49 30 1234567')).toEqual([])
      expect(await equal('salary', '5000.50')).toEqual([])
      expect(await equal('external_sub', 'alice')).toEqual([])
      expect(await equal('born', '1980-05-06')).toEqual([])
      const sorted = await views.as(
        alice,
        'select id::int from agent.members order by salary desc nulls last, id desc',
      )
      expect(sorted).toEqual([{ id: 2 }, { id: 1 }])
      const fails = 'select id from agent.members where 1 / (salary - 5000.50) is not null or true'
      expect(await views.as(alice, fails)).toHaveLength(2)
      const whole = await views.as(alice, 'select m::text as it, to_jsonb(m) as json from agent.members m')
      expect(JSON.stringify(whole)).not.toMatch(/alice@|1234567|5000|1980-05|org_id/)
    })

    test('plans of a masked filter do not depend on the value', async () => {
      const plan = (value: string) =>
        views.as(alice, `explain (format json) select * from agent.members where email = '${value}'`)
      const [known, unknown] = [await plan('alice@one.example'), await plan('nobody@one.example')]
      const without = (rows: unknown) => JSON.stringify(rows).replaceAll(/\w+@one\.example/g, '')
      expect(without(known)).toBe(without(unknown))
    })

    test("the functions of the view schema give the caller's own and are nobody else's", async () => {
      expect(await views.as(alice, 'select agent.member_id()::int as id')).toEqual([{ id: 1 }])
      expect(await views.as({ user: 'bob', tenant: ONE }, 'select agent.member_id() as id')).toEqual([
        { id: null },
      ])
      const open =
        await views.owner(`select p.proname from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      where p.pronamespace = 'agent'::regnamespace and a.grantee = 0`)
      expect(open).toEqual([])
    })

    test('two rows of one subject are nobody', async () => {
      const twin = { user: 'twin', tenant: ONE }
      await views.owner(`alter table app.members drop constraint members_org_id_external_sub_key;
      insert into app.members (org_id, external_sub, full_name, email) values ('${ONE}', 'twin', 'T', 't'), ('${ONE}', 'twin', 'U', 'u')`)
      expect(await views.as(twin, 'select agent.member_id() as id')).toEqual([{ id: null }])
      await views.owner("delete from app.members where external_sub = 'twin'")
    })

    test('neither role nor key is within reach of the login', async () => {
      const [reader = ''] =
        (
          await views.owner(
            "select rolname from pg_roles where rolname = 'rowgate_reader_' || current_database()",
          )
        )[0] ?? []
      for (const sql of [
        `set role ${reader}`,
        `set session authorization ${reader}`,
        'select * from rowgate.identity_keys',
        "select rowgate.mac('k1', 'x')",
        "select rowgate.install_key('k1', decode(repeat('00', 32), 'hex'))",
        'select * from rowgate.once',
        'create view agent.mine as select 1',
        'create function agent.mine() returns int language sql as $$ select 1 $$',
        'create or replace view agent.issues as select 1 as id',
        'alter view agent.issues set (security_barrier = false)',
        'drop view agent.issues',
      ]) {
        expect(await views.as(alice, sql, 'write'), sql).toBe('42501')
      }
    })

    test('the reader has the columns of the file, may not log in, and nobody is a member of it', async () => {
      const [facts] =
        await views.owner(`select r.rolcanlogin, (select count(*) from pg_auth_members m where m.roleid = r.oid),
        has_column_privilege(r.oid, 'app.orgs', 'slug', 'select'), has_table_privilege(r.oid, 'app.members', 'insert'),
        has_column_privilege(r.oid, 'app.issues', 'status', 'insert'), has_column_privilege(r.oid, 'app.issues', 'org_id', 'update'),
        has_table_privilege(r.oid, 'app.comments', 'delete')
      from pg_roles r where r.rolname = 'rowgate_reader_' || current_database()`)
      expect(facts).toEqual(['f', '0', 't', 'f', 'f', 'f', 'f'])
    })
  },
)
