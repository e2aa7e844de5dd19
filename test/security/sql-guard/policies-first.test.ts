/**
 * A caller's condition works on a row after row security has let the row by; its earlier work is not told.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { anyDatabase } from '../../support/servers/databases.ts'
import { absent } from '../../support/skip-without.ts'

/** Policies that cost the planner more than an operator does, over tables where nothing is the caller's. */
const CRM = `
  create schema crm;
  create table crm.leads (owner text not null, title text not null, note text, done boolean not null);
  insert into crm.leads values ('eve', 'secret', null, true);
  create table crm.members (team int not null, person text not null);
  create table crm.notes (team int not null, title text not null);
  insert into crm.notes select n, 'secret ' || n % 100 from generate_series(1, 20000) n;
  create index on crm.notes (title);
  create table crm.calls (owner text not null, a int not null, b int not null);
  insert into crm.calls select case when n % 2 = 0 then 'eve' else 'mallory' end, n % 1000, n % 997 from generate_series(1, 100000) n;
  create index on crm.calls (a);
  create index on crm.calls (b);
  select rowgate.protect(relation, 'select') from unnest(array['crm.leads', 'crm.members', 'crm.notes', 'crm.calls']::regclass[]) relation;
  create policy leads_mine on crm.leads using (owner = any (array(select rowgate.user_id())));
  create policy members_mine on crm.members using (person = (select rowgate.user_id()));
  create policy notes_mine on crm.notes
    using (exists (select from crm.members m where m.team = notes.team));
  select rowgate.hide_values('crm.notes');
  create policy calls_mine on crm.calls using (owner = (select rowgate.user_id()));
  analyze crm.notes, crm.calls;`

/** Fails where it is run, and is run when its value is asked for. */
const FAILS = '(select (1 / (select 0)) = 1)'

describe.skipIf(absent('sql')).each(anyDatabase)('on $engine,', ({ start }) => {
  let rowgate: Rowgate
  const call = (tool: string, args: object) => rowgate.call('mallory', tool, { ...args })

  beforeAll(async () => {
    rowgate = await startRowgate({ database: start, env: { SQL_SCHEMAS: 'public, retail, crm' } })
    await rowgate.database.endpoint.owner(CRM)
  })
  afterAll(() => rowgate.close())

  test.each([
    ["title <> 'secret'", "title <> 'another'"],
    ["title > 'secret'", "title < 'z'"],
    ['not done', 'done'],
    ['note is not null', 'note is null'],
  ])('a hidden row cannot make a query fail: where %s or …, where %s or …', async (one, other) => {
    for (const condition of [one, other]) {
      const { data } = await call('query', { sql: `select * from crm.leads where ${condition} or ${FAILS}` })
      expect(data, condition).toMatchObject({ rows: [] })
    }
  })

  test('nor can it where two indexes are combined', async () => {
    const fails = (a: number) =>
      call('query', { sql: `select * from crm.calls where a = ${a} and b = (select 1 / (select 0))` })
    // An even a is eve's, and 5000 is nobody's.
    expect(await fails(6)).toEqual(await fails(5000))
  })

  /** All that is told, without times, which no two runs share. */
  const plan = async (sql: string) => {
    const { data } = await call('explain_query', { sql, analyze: true })
    return JSON.stringify(data.plan).replace(/"actual_total_time":[\d.]+/g, '')
  }

  test.each([
    ["crm.leads where title = 'secret'", "crm.leads where title = 'another'"],
    ["crm.notes where title = 'secret 1'", "crm.notes where title = 'another'"],
    [
      "crm.leads where title <> 'secret' or title = (with c as (select now()) select min(now)::text from c)",
      "crm.leads where title <> 'another' or title = (with c as (select now()) select min(now)::text from c)",
    ],
  ])('a plan that was run does not tell how far a hidden row got: %s', async (one, other) => {
    expect(await plan(`select * from ${one}`)).toEqual(await plan(`select * from ${other}`))
  })

  test.skipIf(absent('retail'))(
    'a store’s name is not looked up before its policy, however it is asked for',
    async () => {
      await rowgate.database.endpoint.owner(`alter table retail.stores no force row level security;
      insert into retail.stores select gen_random_uuid(), 'Hidden ' || n, 'Leeds', 'shop' from generate_series(1, 20000) n;
      alter table retail.stores force row level security; analyze retail.stores`)
      for (const asked of ["name = 'Hidden 7'", "name || '' = 'Hidden 7'", "name < 'Hidden 10'"]) {
        const { data } = await call('explain_query', { sql: `select * from retail.stores where ${asked}` })
        expect(JSON.stringify(data.plan), asked).not.toContain('stores_name')
      }
      const twice = "insert into retail.stores values (gen_random_uuid(), 'Hidden 7', 'Leeds', 'shop')"
      const again = `alter table retail.stores no force row level security; ${twice}`
      await expect(rowgate.database.endpoint.owner(again)).rejects.toMatchObject({
        fields: { code: '23505' },
      })
    },
  )
})
