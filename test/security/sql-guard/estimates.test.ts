/** A plan tells nothing of what is in rows that row security hides, neither by what it expects nor by what it counts. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../../support/product/world.ts'
import { anyDatabase } from '../../support/servers/databases.ts'
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

const HIDDEN_STATUS = `select rowgate.hide_values('retail.orders');
  alter table retail.orders alter column status type text;`

describe.skipIf(absent('sql', 'directory')).each(anyDatabase)(
  'to another caller, on $engine,',
  ({ start }) => {
    let world: World
    const explain = async (sql: string, analyze = false) =>
      (await world.call('mallory', 'explain_query', { sql, analyze })).data

    beforeAll(async () => {
      world = await startWorld({ database: start, env: { SQL_SCHEMAS: 'public, directory, retail, crm' } })
      await world.database.endpoint.owner(CRM)
      for (let n = 0; n < 5; n++) await world.call('eve', 'add_task', { title: SECRET })
      const users = Array.from({ length: 200 }, (_, n) => ({ name: 'Bob', email: `b${n}@example.com` }))
      await world.call('eve', 'batch_insert_users', { users }, { tenant: 'acme' })
      // The owner of PostgreSQL 15 is bound by row security, so the rows above are the callers' own.
      await world.database.endpoint.owner('analyze')
    })
    afterAll(() => world.close())

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

    describe.skipIf(absent('retail'))('an order', () => {
      const owner = (sql: string) => world.database.endpoint.owner(sql)
      const orders = (status: string) => explain(`select * from retail.orders where status = '${status}'`)
      beforeAll(() => owner(`${SHOP} analyze retail.orders`))

      test('of one status is expected as much as one of another', async () => {
        expect(await orders('completed')).toEqual(await orders('returned'))
      })

      test('is so after the migration too where the planner had learnt of them before', async () => {
        await owner('alter table retail.orders alter column status set statistics -1; analyze retail.orders')
        expect(await orders('completed')).not.toEqual(await orders('returned'))
        await owner(HIDDEN_STATUS)
        expect(await orders('completed')).toEqual(await orders('returned'))
      })
    })
  },
)
