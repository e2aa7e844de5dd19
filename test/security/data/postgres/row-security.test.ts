/** Rules for every table, view, policy and function in our schemas, whoever adds it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases, type TestDatabase } from '../../../support/servers/databases.ts'
import { absent } from '../../../support/skip-without.ts'

/** Tables without forced row security, each with the reason. */
const UNFORCED: Readonly<Record<string, string>> = {
  'rowgate.approvals':
    'read and written by SECURITY DEFINER functions as its owner; row security is on with no policy, and nothing is granted',
  'rowgate.audit_heads':
    'read and written by SECURITY DEFINER functions as its owner; row security is on with no policy, and nothing is granted',
  'rowgate.audit_log':
    "an application's owner who is no superuser dumps the whole database, which forced row security refuses; the login is bound without it",
  'rowgate.once':
    'read and written by SECURITY DEFINER functions as its owner; row security is on with no policy, and nothing is granted',
  'rowgate.confirmations':
    "the owner's own login alone comes here; row security is on with no policy, and nothing is granted",
  'rowgate.identity_keys':
    'read by SECURITY DEFINER functions as its owner; row security is on with no policy, and nothing is granted',
  'rowgate.worker_login': "names the Worker's login, for the owner; nothing is granted",
  'rowgate.migrations': 'the record of what was applied, for the owner; nothing is granted',
}

/** Functions that run as their owner without a SET clause, each with the reason. */
const UNFIXED_PATH: Readonly<Record<string, string>> = {
  'rowgate.enter':
    'sets search_path itself before it looks up a name, so that it can leave the default behind',
}

/** Tables that show a caller some rows and not others. */
const HIDING = `(select polrelid from pg_policy where polcmd in ('r', '*')
  and pg_get_expr(polqual, polrelid) ~ 'rowgate.(user|tenant)_id' and pg_get_expr(polqual, polrelid) !~ 'IS NOT NULL')`

/** Schemas of Postgres' own. */
const OURS = `nspname not like 'pg\\_%' and nspname <> 'information_schema'`
/** Extensions bring functions of their own. */
const NOT_OF_AN_EXTENSION = `not exists (select from pg_depend d where d.objid = o.oid and d.deptype = 'e')`

describe.each(databases)('in our schemas, on $engine', ({ start }) => {
  let db: TestDatabase
  const names = async (sql: string) => (await db.endpoint.owner(sql)).rows.map((row) => String(row[0])).sort()

  beforeAll(async () => {
    db = await start()
  })
  afterAll(() => db.close())

  test('every table has row security enabled and forced, or a written reason why not', async () => {
    const tables = await names(`select nspname || '.' || relname from pg_class o
      join pg_namespace n on n.oid = relnamespace where ${OURS} and relkind in ('r', 'p')`)
    expect(tables).toContain('public.tasks')
    const unforced = await names(`select nspname || '.' || relname from pg_class o
      join pg_namespace n on n.oid = relnamespace
      where ${OURS} and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)`)
    expect(unforced).toEqual(
      Object.keys(UNFORCED)
        .filter((name) => tables.includes(name))
        .sort(),
    )
  })

  test('no table without forced row security is granted to anyone but its owner, the audit log apart', async () => {
    const granted = await names(`select distinct nspname || '.' || relname from pg_class o
      join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a
      where ${OURS} and relkind in ('r', 'p') and not relforcerowsecurity and a.grantee <> relowner`)
    expect(granted).toEqual(['rowgate.audit_log'])
  })

  test.skipIf(absent('tasks'))(
    'the planner keeps no statistics of what people wrote where row security hides it',
    async () => {
      const learnt = await names(`select o.oid::regclass || '.' || attname from pg_class o
      join pg_namespace n on n.oid = relnamespace left join pg_index i on indexrelid = o.oid
      join pg_attribute a on attrelid = o.oid join pg_type t on t.oid = atttypid
      where ${OURS} and nspname <> 'rowgate' and attnum > 0 and not attisdropped and attstattarget is distinct from 0
        and typcategory not in ('B', 'D', 'N', 'T') and typname <> 'uuid'
        and (relkind = 'r' or relkind = 'i' and indkey[attnum - 1] = 0)
        and coalesce(indrelid, o.oid) in ${HIDING}`)
      expect(learnt).toEqual([])
    },
  )

  // Its comparison would find a hidden row before row security does, and a delay tells whether there is one.
  // Ids are random, so that nobody asks for one that was not given to them; those of what everyone sees can
  // be asked for by everyone.
  const ledByAHiddenValue = () =>
    names(`select i.indexrelid::regclass::text from pg_index i join pg_class o on o.oid = i.indrelid
      join pg_namespace n on n.oid = relnamespace join pg_opclass c on c.oid = i.indclass[0]
      where ${OURS} and o.oid in ${HIDING}
        and exists (select from pg_amop join pg_operator r on r.oid = amopopr join pg_proc f on f.oid = r.oprcode
          where amopfamily = opcfamily and amoplefttype = opcintype and proleakproof)
        and not exists (select from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
          where p.polrelid = o.oid and d.refobjid = o.oid and d.refobjsubid = i.indkey[0] and i.indkey[0] > 0)
        and not (i.indkey[0] = 0 and pg_get_indexdef(i.indexrelid, 1, true) ~ '\\|\\||^lower\\(')
        and not (opcintype = 'uuid'::regtype and not exists (select from pg_constraint k where contype = 'f'
          and k.conrelid = o.oid and i.indkey[0] = any (k.conkey) and k.confrelid not in ${HIDING}))`)

  test.skipIf(absent('retail'))(
    'every index on a table that hides rows begins with what its policy asks for, or cannot go before it',
    async () => {
      expect(await ledByAHiddenValue()).toEqual([])
      // Shows that the check finds a breach.
      await db.endpoint.owner(`create index found_text on public.tasks (title); create index found_time on public.tasks (created_at);
      create index found_hash on public.tasks using hash (title); create index found_expression on public.tasks ((title::varchar));
      create index found_product on retail.inventory (product_id);
      create index kept_policy on public.tasks (user_id, title); create index kept_expression on public.tasks ((title || ''))`)
      expect(await ledByAHiddenValue()).toEqual([
        'found_expression',
        'found_hash',
        'found_text',
        'found_time',
        'retail.found_product',
      ])
      await db.endpoint.owner(`drop index found_text, found_time, found_hash, found_expression, retail.found_product,
      kept_policy, kept_expression`)
    },
  )

  test('nothing is granted to PUBLIC', async () => {
    const granted = await names(`select nspname || '.' || relname from pg_class o
      join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a where ${OURS} and a.grantee = 0`)
    expect(granted).toEqual([])
    const executable = await names(`select p.proname from pg_proc p
      where pronamespace = 'rowgate'::regnamespace and (proacl is null or exists (
        select from aclexplode(proacl) a where a.grantee = 0))`)
    expect(executable).toEqual([])
  })

  test('every table that the login may write asks rowgate.may_write() for each kind of write', async () => {
    const unasked = await names(`select o.oid::regclass || ' ' || lower(a.privilege_type) from pg_class o
      join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a
      where ${OURS} and relkind in ('r', 'p') and a.grantee = '${db.login}'::regrole
        and a.privilege_type <> 'SELECT' and not exists (
          select from pg_policy p where p.polrelid = o.oid and not p.polpermissive
            and p.polname = 'rowgate_' || lower(a.privilege_type)
            and coalesce(pg_get_expr(p.polqual, o.oid), '') || coalesce(pg_get_expr(p.polwithcheck, o.oid), '')
              like '%rowgate.may_write()%')`)
    expect(unasked).toEqual([])
  })

  test('every policy for writing says WITH CHECK, and calls our functions once a statement', async () => {
    const unchecked = await names(`select polname from pg_policy
      where polpermissive and polcmd in ('a', 'w', '*') and polwithcheck is null`)
    expect(unchecked).toEqual([])
    const expressions = await names(`select coalesce(pg_get_expr(polqual, polrelid), '') || ' ' ||
      coalesce(pg_get_expr(polwithcheck, polrelid), '') from pg_policy`)
    for (const expression of expressions) {
      // Postgres prints a scalar subquery as ( SELECT f() AS f).
      expect
        .soft(expression.replaceAll(/\( SELECT rowgate\.\w+\([^()]*\) AS \w+\)/g, ''))
        .not.toContain('rowgate.')
    }
  })

  test('every view looks with the eyes of whoever asks', async () => {
    expect(
      await names(`select nspname || '.' || relname from pg_class o join pg_namespace n on n.oid = relnamespace
        where ${OURS} and relkind = 'v' and ${NOT_OF_AN_EXTENSION}
          and not coalesce('security_invoker=true' = any (reloptions), false)
          and not coalesce('security_invoker=on' = any (reloptions), false)`),
    ).toEqual([])
  })

  test('every function that runs as its owner has a fixed search_path', async () => {
    const unfixed = await names(`select nspname || '.' || proname from pg_proc o
      join pg_namespace n on n.oid = pronamespace
      where ${OURS} and prosecdef and ${NOT_OF_AN_EXTENSION}
        and not exists (select from unnest(proconfig) setting where setting like 'search_path=%pg\\_temp')`)
    expect(unfixed).toEqual(Object.keys(UNFIXED_PATH))
  })

  test('nothing is owned by the restricted login', async () => {
    expect(await names(`select relname from pg_class where relowner = '${db.login}'::regrole`)).toEqual([])
  })
})
