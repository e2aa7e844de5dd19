/**
 * A plan tells nothing of what is in rows that row security hides, neither by what it expects nor by what it
 * counts.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seal } from '../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../src/infra/identity-key.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { caller, databases, IDENTITY_KEY } from '../../support/servers/databases.ts'
import { absent } from '../../support/skip-without.ts'

const SECRET = 'dismiss bob on monday'

/** An operator's table with an index that does not begin with what the policy asks for. */
const CRM = `
  create schema crm;
  create table crm.leads (id int, owner text not null, code int not null);
  insert into crm.leads select n, 'eve', n % 1000 from generate_series(1, 20000) n;
  create index on crm.leads (code);
  select rowgate.protect('crm.leads', 'select');
  create policy leads_mine on crm.leads using (owner = (select rowgate.user_id()));`

/** Analysed before anything is hidden, with an indexed expression and policies that read the text. */
const NOTES = `
  create table crm.notes (id int primary key, owner text not null, title text collate "C" not null);
  create table crm.replies (note int not null, owner text not null);
  insert into crm.notes select n, 'eve', case when n <= 300 then '${SECRET}' else 'note ' || n end from generate_series(1, 2000) n;
  create index notes_title on crm.notes (lower(title));
  select rowgate.protect('crm.notes', 'select');
  create policy notes_mine on crm.notes for select using (owner = (select rowgate.user_id()) and title <> '');
  comment on policy notes_mine on crm.notes is 'You see your own notes';
  alter table crm.replies enable row level security;
  create policy replies_mine on crm.replies for select
    using (exists (select from crm.notes n where n.id = note and n.owner = (select rowgate.user_id())));
  analyze crm.notes;`

/** A store where nobody works, and most of whose orders are completed. */
const SHOP = `
  alter table retail.stores no force row level security;
  alter table retail.customers no force row level security;
  alter table retail.orders no force row level security;
  insert into retail.stores values ('00000000-0000-8000-8000-000000000001', 'Hidden', 'Leeds', 'shop');
  insert into retail.customers values ('00000000-0000-8000-8000-000000000002', '00000000-0000-8000-8000-000000000001', 'A', 'B', 'a@b.c');
  insert into retail.orders
    select gen_random_uuid(), store_id, customer_id, now(), case when n % 50 = 0 then 'returned' else 'completed' end, 1
    from retail.customers, generate_series(1, 1000) n;
  alter table retail.stores force row level security;
  alter table retail.customers force row level security;
  alter table retail.orders force row level security;`

describe.skipIf(absent('sql', 'directory')).each(databases)(
  'to another caller, on $engine,',
  ({ start, engine }) => {
    let rowgate: Rowgate
    const explain = async (sql: string, analyze = false) =>
      (await rowgate.call('mallory', 'explain_query', { sql, analyze })).data
    /** The planner's own estimate for mallory's query, which no tool shows. */
    async function planRows(sql: string): Promise<number> {
      const sealed = await seal(caller('mallory'), await importIdentityKey(IDENTITY_KEY), Date.now())
      const rows = await rowgate.database.transaction([
        ['select rowgate.enter($1, $2, $3)', [sealed, 'read', 5_000]],
        [`explain (format json) ${sql}`],
      ])
      if (typeof rows === 'string') throw new Error(rows)
      const [plan] = rows
      return JSON.parse(JSON.stringify(plan?.['QUERY PLAN']))[0].Plan['Plan Rows']
    }

    beforeAll(async () => {
      rowgate = await startRowgate({
        database: start,
        env: { SQL_SCHEMAS: 'public, directory, retail, crm' },
      })
      await rowgate.database.endpoint.owner(CRM)
      for (let n = 0; n < 5; n++) await rowgate.call('eve', 'add_task', { title: SECRET })
      const users = Array.from({ length: 200 }, (_, n) => ({ name: 'Bob', email: `b${n}@example.com` }))
      await rowgate.call('eve', 'batch_insert_users', { users }, { tenant: 'acme' })
      // The owner of PostgreSQL 15 is bound by row security, so the rows above are the callers' own.
      await rowgate.database.endpoint.owner('analyze')
    })
    afterAll(() => rowgate.close())

    test.each([
      ['title', '=', SECRET, 'nobody wrote this'],
      ['title', '<', 'dismiss c', 'dismiss b'],
      ['user_id', '=', 'eve', 'nobody'],
    ])('a task whose %s %s %s is expected as much as any other', async (column, operator, one, other) => {
      const tasks = (value: string) => explain(`select * from tasks where ${column} ${operator} '${value}'`)
      expect(await tasks(one)).toEqual(await tasks(other))
    })

    test.each([
      ["name = 'Bob'", "name = 'Eve'"],
      ["email < 'c'", "email < 'b'"],
      ["words @@ 'bob'::tsquery", "words @@ 'eve'::tsquery"],
      ["tenant_id = 'acme'", "tenant_id = 'none'"],
    ])('a person with %s is expected as much as one with %s', async (one, other) => {
      const users = (condition: string) => explain(`select * from directory.users where ${condition}`)
      expect(await users(one)).toEqual(await users(other))
    })

    test('an index that was scanned for everyone’s rows does not tell how many it held', async () => {
      const { plan } = await explain('select * from crm.leads where code between 10 and 19', true)
      const text = JSON.stringify(plan)
      expect(text).toContain('"Bitmap Index Scan"')
      expect([...text.matchAll(/"actual_rows":(\d+)/g)].map(([, rows]) => Number(rows))).not.toContain(200)
      expect(text).toContain('"actual_rows":0')
    })

    describe('of a table that was analysed before its values are hidden,', () => {
      const rows = (title: string) => planRows(`select * from crm.notes where title = '${title}'`)
      beforeAll(() => rowgate.database.endpoint.owner(NOTES))

      test('the planner knows a title at first, and a plan that is shown tells nothing of it', async () => {
        expect(await rows(SECRET)).not.toBe(await rows('nobody wrote this'))
        const notes = (title: string) =>
          explain(`select * from crm.notes where title = '${title}' order by title`)
        expect(await notes(SECRET)).toEqual(await notes('nobody wrote this'))
      })

      test('it knows none after, and the policies that read such columns are as they were', async () => {
        const policies = `select polname, polpermissive, polcmd, pg_get_expr(polqual, polrelid), obj_description(oid)
        from pg_policy where polrelid in ('crm.notes'::regclass, 'crm.replies'::regclass) order by 1`
        const before = (await rowgate.database.endpoint.owner(policies)).rows
        await rowgate.database.endpoint.owner(`select rowgate.hide_values('crm.notes')`)
        expect((await rowgate.database.endpoint.owner(policies)).rows).toEqual(before)
        await expectEqualRows()
        await rowgate.database.endpoint.owner('analyze crm.notes')
        await expectEqualRows()
      })

      async function expectEqualRows(): Promise<void> {
        expect(await rows(SECRET)).toBe(await rows('nobody wrote this'))
        const lower = (title: string) => planRows(`select * from crm.notes where lower(title) = '${title}'`)
        expect(await lower(SECRET)).toBe(await lower('nobody wrote this'))
      }

      test('what its owner cannot make the planner forget is said, and not passed over', async () => {
        await rowgate.database.endpoint.owner(
          'create view crm.titles with (security_invoker) as select title from crm.notes',
        )
        const hidden = rowgate.database.endpoint.owner(`select rowgate.hide_values('crm.notes')`)
        // A superuser can.
        if (engine === 'PostgreSQL 15')
          await expect(hidden).rejects.toThrow(/crm.notes cannot be removed by its owner/)
        else await hidden
      })
    })

    describe.skipIf(absent('retail'))('an order', () => {
      const owner = (sql: string) => rowgate.database.endpoint.owner(sql)
      const orders = (status: string) => explain(`select * from retail.orders where status = '${status}'`)
      beforeAll(() => owner(`${SHOP} analyze retail.orders`))

      test('of one status is expected as much as one of another', async () => {
        expect(await orders('completed')).toEqual(await orders('returned'))
      })

      test('is so too once values are hidden that the planner had learnt before', async () => {
        const rows = (status: string) => planRows(`select * from retail.orders where status = '${status}'`)
        await owner('alter table retail.orders alter column status set statistics -1; analyze retail.orders')
        expect(await rows('completed')).not.toBe(await rows('returned'))
        await owner(`select rowgate.hide_values('retail.orders')`)
        expect(await rows('completed')).toBe(await rows('returned'))
        await owner('analyze retail.orders')
        expect(await rows('completed')).toBe(await rows('returned'))
      })
    })
  },
)
