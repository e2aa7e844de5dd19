/**
 * Forged identities, hostile statements and what a mask hides, through the views that `up` makes, as if the
 * SQL guard in front had failed: in both ways of enforcing rows, on the embedded Postgres, on PostgreSQL 15,
 * and through PgBouncer in transaction mode, where the next caller has the same connection.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APP } from '../../integration/scripts/source/app.ts'
import { appSource, ONE, ROWS, TWO } from '../../integration/scripts/source/app-source.ts'
import { type OpenViews, openViews, PLACES } from '../../integration/scripts/source/open-views.ts'
import { partOf } from '../../support/full.ts'
import { forgedSettings, withForged } from '../data/postgres/forgeries.ts'
import { catalogue, columnNotation } from '../sql-guard/catalogue.ts'
import { identityCalls } from '../sql-guard/identity.ts'
import { encoding } from '../sql-guard/load-and-encoding.ts'
import { serverReach, textRunners } from '../sql-guard/reach.ts'
import { stacking, writes } from '../sql-guard/stacking-and-writes.ts'

const alice = { user: 'alice', tenant: ONE }
const bob = { user: 'bob', tenant: TWO }

/** Two members of Alice's tenant. Their masks are the same, and their real values are not in their order. */
const TWINS = `
  insert into app.members (org_id, external_sub, full_name, email, phone, salary, born, photo) values
    ('${ONE}', 'twin a', 'Twin', 'tzz@twins.example', '+49 30 9991111', 987654, '1990-12-31', '\\x7a7a'),
    ('${ONE}', 'twin b', 'Twin', 'taa@twins.example', '+49 30 1111111', 123456, '1990-01-01', '\\x6161')`
const OF_TWINS = "agent.members where full_name = 'Twin'"

/** What a statement of Alice's must never bring: rows of the other tenant, and real values behind masks. */
const HIDDEN =
  /secret plan|22222222-2222|Bob B|\bc2\b|not an address|[a-z]{4}e@one|t(zz|aa)@twins|1234567|999 ?1111|5000\.50?|987654|123456\b|1980-05|1990-12|1990-01|616263|\\\\x(7a7a|6161)/

/** A masked column, a real value of it, and a wrong one that its mask does not tell apart. */
const MASKED: readonly (readonly [column: string, real: string, wrong: string])[] = [
  ['email', 'alice@one.example', 'alicf@one.example'],
  ['phone', '+49 30 1234567', '+49 30 1234568'],
  ['salary', '5000.50', '5000.51'],
  ['born', '1980-05-06', '1980-05-07'],
  ['photo', '\\x616263', '\\x616264'],
  ['external_sub', 'alice', 'alicf'],
]

/** The twins are the same in each of these, whatever it makes of their column `$c`. */
const ORDERS: readonly string[] = [
  `select full_name, row_number() over (order by $c, id) = rank() over (order by id) as it from ${OF_TWINS}`,
  `select full_name, row_number() over (order by $c desc, id) = rank() over (order by id) as it from ${OF_TWINS}`,
  `select full_name, rank() over (order by $c) = 1 as it from ${OF_TWINS}`,
  `select full_name, count(*) over (partition by $c) = 2 as it from ${OF_TWINS}`,
  `select 'Twin' as full_name, count(distinct $c) < 2 as it from ${OF_TWINS} having count(*) = 2`,
  `select 'Twin' as full_name, min($c::text) is not distinct from max($c::text) as it from ${OF_TWINS}`,
  `select a.full_name, not coalesce(a.$c > b.$c, false) as it from (select * from ${OF_TWINS}) a, (select * from ${OF_TWINS}) b`,
]

/** Whatever is asked of a masked column `$c`, the real value is not in the answer or in the error. */
const EXPRESSIONS: readonly string[] = [
  'select $c from agent.members',
  'select ($c)::text::integer from agent.members',
  'select ($c)::text::date from agent.members',
  'select ($c)::text::uuid from agent.members',
  'select ($c)::text::jsonb from agent.members',
  'select ($c)::text::app.status from agent.members',
  "select encode(convert_to($c::text, 'UTF8'), 'escape') from agent.members",
  'select reverse(reverse($c::text)) from agent.members',
  "select string_agg($c::text, ',' order by $c) from agent.members",
  'select array_agg($c) from agent.members',
  'select lag($c) over (order by $c) from agent.members',
  'select percentile_disc(0.5) within group (order by $c) from agent.members',
  'select (m).$c from agent.members m',
  'select $c(m) from agent.members m',
  'select m::text from agent.members m',
  'select to_jsonb(m), row_to_json(m) from agent.members m',
  'select json_agg(m) from agent.members m',
  'select m from agent.members m where m = (select n from agent.members n order by n limit 1)',
  'select distinct on ($c) m.* from agent.members m order by $c',
  'select n.* from agent.members m, lateral (select m.*) n',
  'with m as materialized (table agent.members) select * from m',
  'select * from agent.members m join agent.members n using ($c)',
  'select xmin, ctid, tableoid from agent.members',
  'select * from agent.members tablesample system (100)',
  'select $c from agent.members for update',
  'select $c from app.members',
  'select * from only app.members',
  'explain (verbose, analyze, format json) select $c from agent.members order by $c',
  "select * from pg_stats where tablename = 'members'",
  'select * from pg_statistic',
  "select pg_get_viewdef('agent.members'::regclass)",
  'create temporary table mine as select * from agent.members',
  'update agent.members set $c = $c',
  'insert into agent.members ($c) select $c from agent.members',
  'delete from agent.members where $c is not null',
]

/** Conditions on a masked column `$c` with a guess `$v`: a right guess and a wrong one give the same. */
const GUESSES: readonly string[] = [
  '$c = $v',
  '$c::text = $v',
  '$c::text <> $v',
  '$c < $v',
  '$c >= $v',
  '$c::text in ($v, $v)',
  '$c::text = any (array[$v])',
  '$c::text between $v and $v',
  '$c::text like $v',
  '$c::text ~ $v',
  'position($v in $c::text) > 0',
  'starts_with($c::text, $v)',
  'm::text like $v',
  'to_jsonb(m) ->> $n = $v',
  'exists (select from agent.members o where o.id = m.id and o.$c::text = $v)',
  '1 / (case when $c::text = $v then 0 else 1 end) = 1',
]

/** These would stop or block connections that other test files use too, or only wait. */
const SHARED = /terminate|cancel|advisory|sleep/i

/** The corpora of the SQL guard, about tables that Alice can name. */
const HOSTILE = [stacking, writes, textRunners, serverReach, catalogue, columnNotation, encoding]
  .flat()
  .map(({ sql }) => sql)
  .concat(identityCalls.map(({ sql }) => `select ${sql}, t.* from tasks t`))
  .filter((sql) => sql !== '' && !SHARED.test(sql))
  .map((sql) =>
    sql
      .replaceAll(/\b(?:retail\.|public\.)?(?:stores|orders|tasks|products|order_items)\b/g, 'agent.issues')
      .replaceAll(/\bname\b/g, 'title'),
  )

const settings = PLACES.flatMap((place) =>
  (['views', 'policies'] as const).map((enforce) => ({ ...place, enforce })),
).map((each, at, all) => ({
  ...each,
  /** In `npm test` each case runs in one of the places, and every fourth at all. */
  part: <Case>(cases: readonly Case[]) => partOf(cases, { every: all.length * 4, first: at * 4 }),
}))

describe.each(settings)('by $enforce on $place', ({ enforce, open, part }) => {
  let views: OpenViews
  beforeAll(async () => {
    views = await openViews(await open())
    await views.owner(APP)
    await views.owner(ROWS)
    await views.owner(TWINS)
    await views.up(appSource(enforce))
  })
  afterAll(() => views?.close())

  const OWN = [{ org_id: ONE }]
  const ofBob = async () => {
    const rows = await views.as(bob, "select current_setting('rowgate.context') as it")
    if (typeof rows === 'string') throw new Error(rows)
    return { context: String(rows[0]?.it), seal: await views.seal(bob), name: 'bob' }
  }

  test('no setting, in any place of a statement, makes the caller another', async () => {
    const forms = forgedSettings(await ofBob()).flatMap(([name, value]) =>
      ['true', 'false'].flatMap((local) => {
        const set = `set_config('${name}', '${value}', ${local})`
        const whose = { column: 'org_id', table: 'agent.issues' }
        return [
          ...withForged(set, whose).map((text) => [text]),
          [`select ${set}`, 'select distinct org_id from agent.issues'],
        ]
      }),
    )
    for (const form of part(forms)) {
      const rows = await views.as(alice, form)
      if (typeof rows !== 'string' && rows.length > 0) expect(rows, form.join('; ')).toEqual(OWN)
    }
  })

  test('no statement of its own makes the caller another', async () => {
    const { context } = await ofBob()
    const forms = [
      [`set rowgate.context = '${context}'`],
      [`set local rowgate.context = '${context}'`],
      ['reset all'],
      ['set row_security = off'],
      ['commit', 'begin', `set rowgate.context = '${context}'`],
      ['commit', 'begin', `select set_config('rowgate.context', '${context}', false)`],
      ['rollback', 'begin'],
      ['alter table app.issues disable row level security'],
      ['create or replace view agent.issues as select * from app.issues'],
      ['create temporary table issues (org_id text)', 'set search_path = pg_temp, agent'],
      ["create or replace function rowgate.tenant_id() returns text language sql as $$ select 'x' $$"],
    ]
    for (const form of part(forms)) {
      const rows = await views.as(alice, [...form, 'select distinct org_id from agent.issues'], 'write')
      if (typeof rows !== 'string' && rows.length > 0) expect(rows, form.join('; ')).toEqual(OWN)
    }
  })

  test('no hostile statement shows or changes what is another’s', async () => {
    for (const [at, sql] of part(HOSTILE).entries()) {
      const told = await views.told(alice, ['set local search_path = agent', sql], at % 2 ? 'read' : 'write')
      expect(told, sql).not.toMatch(HIDDEN)
    }
    expect(
      await views.owner(`select count(*) from app.issues where org_id = '${TWO}' and title = 'secret plan'`),
    ).toEqual([['1']])
  })

  test('no expression and no error has a masked value', async () => {
    const statements = MASKED.flatMap(([column]) => EXPRESSIONS.map((each) => each.replaceAll('$c', column)))
    for (const sql of part(statements)) {
      expect(await views.told(alice, sql, 'write'), sql).not.toMatch(HIDDEN)
    }
  })

  test('no sort order and no group tells masked values apart', async () => {
    const statements = MASKED.filter(([column]) => column !== 'external_sub').flatMap(([column]) =>
      ORDERS.map((each) => each.replaceAll('$c', column)),
    )
    for (const sql of part(statements)) {
      const rows = await views.as(alice, sql)
      // A few are no questions of this column's type.
      if (typeof rows === 'string') expect(rows, sql).toMatch(/^42/)
      else expect(new Set(rows.map(({ it }) => it)), sql).toEqual(new Set([true]))
    }
  })

  test('no condition, plan or estimate tells a right guess from a wrong one', async () => {
    const guesses = MASKED.flatMap(([column, real, wrong]) =>
      GUESSES.map((condition) => ({ column, real, wrong, condition })),
    )
    for (const { column, real, wrong, condition } of part(guesses)) {
      const ask = async (start: string, guess: string) => {
        const sql = condition
          .replaceAll('$c', `m.${column}`.replace('o.m.', 'o.'))
          .replaceAll('o.m.', 'o.')
          .replaceAll('$n', `'${column}'`)
          .replaceAll('$v', `'${guess.replaceAll('+', '_')}'`)
        return (
          await views.told(alice, `${start} select id from agent.members m where ${sql} order by id`)
        ).replaceAll(guess.replaceAll('+', '_'), 'GUESS')
      }
      for (const start of ['', 'explain (format json)'])
        expect(await ask(start, real), `${start} ${column} ${condition}`).toBe(await ask(start, wrong))
    }
  })

  test('and whoever has the connections next is served as ever', async () => {
    const sql =
      'select (select count(*)::int from agent.issues) as issues, (select count(*)::int from agent.members) as members'
    for (let turn = 0; turn < 6; turn += 1) {
      expect(await views.as(alice, sql)).toEqual([{ issues: 2, members: 4 }])
      expect(await views.as(bob, sql)).toEqual([{ issues: 1, members: 1 }])
      expect(await views.unsealed(sql)).toEqual([{ issues: 0, members: 0 }])
    }
  })
})
