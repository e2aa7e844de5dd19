/** Reads and writes of callers through the views that `up` makes, in both ways of enforcing rows. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, postgres15Missing } from '../../../support/servers/postgres15.ts'
import { APP } from './app.ts'
import { appSource, ONE, ROWS, TWO } from './app-source.ts'
import { type OpenViews, openViews } from './open-views.ts'

const alice = { user: 'alice', tenant: ONE }
const bob = { user: 'bob', tenant: TWO }

describe.skipIf(postgres15Missing()).each(['views', 'policies'] as const)(
  'the views, enforced by %s',
  (enforce) => {
    let views: OpenViews
    const number = async (sql: string) => Number((await views.owner(sql))[0]?.[0])
    beforeAll(async () => {
      views = await openViews(await createDatabase())
      await views.owner(APP)
      await views.owner(ROWS)
      await views.up(appSource(enforce))
    })
    afterAll(() => views.close())

    test("shows a caller's tenant alone, by column, by key and across schemas", async () => {
      const counts = `select (select count(*)::int from agent.app_orgs) as orgs, (select count(*)::int from agent.issues) as issues,
      (select count(*)::int from agent.comments) as comments, (select plan from agent.billing_orgs) as plan,
      (select "Total Price"::text from agent."order") as price, (select issues::int from agent.issue_counts) as counted,
      (select count(*)::int from agent.member_names) as names, (select count(*)::int from agent.logs) as logs`
      const same = { orgs: 1, comments: 1, logs: 1 }
      expect(await views.as(alice, counts)).toEqual([
        { ...same, issues: 2, plan: 'free', price: '9.99', counted: 2, names: 2 },
      ])
      expect(await views.as(bob, counts)).toEqual([
        { ...same, issues: 1, plan: 'pro', price: '1.00', counted: 1, names: 1 },
      ])
    })

    test('shows an unknown tenant nothing, and nobody without a seal', async () => {
      const unknown = { tenant: '33333333-3333-4333-8333-333333333333' }
      expect(await views.as(unknown, 'select id from agent.issues')).toEqual([])
      expect(await views.unsealed('select id from agent.issues')).toEqual([])
    })

    test('masks columns, whatever is asked of them', async () => {
      const shown = 'select full_name, email, phone, salary, born, photo from agent.members order by id'
      expect(await views.as(alice, shown)).toEqual([
        {
          full_name: 'Alice A',
          email: 'a***@one.example',
          phone: '***4567',
          salary: null,
          born: 1980,
          photo: 3,
        },
        { full_name: 'Amir', email: '***@one.example', phone: '***', salary: null, born: null, photo: null },
      ])
      expect(
        await views.as(
          { ...alice, scopes: ['hr:read'] },
          'select salary::text from agent.members order by id',
        ),
      ).toEqual([{ salary: '5000.50' }, { salary: '4000.00' }])
      expect(await views.as(bob, 'select email, phone from agent.members')).toEqual([
        { email: '***', phone: null },
      ])
      expect(await views.as(alice, "select id from agent.members where email = 'alice@one.example'")).toEqual(
        [],
      )
      expect(await views.as(alice, 'select id from agent.members where salary > 0')).toEqual([])
      const hashes = await views.as(alice, 'select external_sub from agent.members')
      expect(JSON.stringify(hashes)).not.toContain('alice')
      expect(hashes).toHaveLength(2)
    })

    test('opens a table with a scope to those who have it', async () => {
      const read = 'select value from agent.readings'
      expect(await views.as(alice, read)).toEqual([])
      expect(await views.as({ ...alice, scopes: ['sensors:read'] }, read)).toEqual([{ value: 1 }])
    })

    test('a column and a table that the file does not name are not there', async () => {
      expect(await views.as(alice, 'select org_id from agent.members')).toBe('42703')
      expect(await views.as(alice, 'select * from app.issues')).toBe('42501')
      expect(await views.as(alice, 'select * from app.members')).toBe('42501')
    })

    test("a new row has the caller's tenant and member, which no caller can choose", async () => {
      const insert = (columns: string, values: string) =>
        `insert into agent.issues (${columns}) values (${values}) returning org_id, reporter_id::int, title_length`
      expect(await views.as(alice, insert('project_id, title', "1, 'new'"), 'write')).toEqual([
        { org_id: ONE, reporter_id: 1, title_length: 3 },
      ])
      expect(await views.as(alice, insert('project_id, title, org_id', `1, 'x', '${TWO}'`), 'write')).toBe(
        '42501',
      )
      expect(await views.as(alice, insert('project_id, title, reporter_id', "1, 'x', 3"), 'write')).toBe(
        '42501',
      )
      expect(await views.as(alice, insert('project_id, title, status', "1, 'x', 'done'"), 'write')).toBe(
        '42501',
      )
    })

    test("writes reach the caller's rows alone, and columns that may be changed", async () => {
      const rename = (id: number) =>
        `update agent.issues set title = 'mine' where id = ${id} returning id::int`
      expect(await views.as(alice, rename(1), 'write')).toEqual([{ id: 1 }])
      expect(await views.as(alice, rename(3), 'write')).toEqual([])
      expect(await views.as(alice, `update agent.issues set org_id = '${TWO}'`, 'write')).toBe('42501')
      expect(await views.as(alice, 'delete from agent.issues where id = 3 returning id', 'write')).toEqual([])
      expect(
        await views.as(alice, "insert into agent.comments (issue_id, text) values (1, 'hi')", 'write'),
      ).toEqual([])
      const foreign = await views.as(
        alice,
        "insert into agent.comments (issue_id, text) values (3, 'hi')",
        'write',
      )
      expect(foreign).toBe(enforce === 'views' ? '44000' : '42501')
      expect(await number('select count(*) from app.comments where issue_id = 3')).toBe(1)
      expect(await views.as(alice, 'delete from agent.comments', 'write')).toBe('42501')
    })

    test('a transaction that was entered to read writes nothing, even if it is made writable', async () => {
      const before = await number('select count(*) from app.issues')
      const reset = "select set_config('transaction_read_only', null, true)"
      const insert = "insert into agent.issues (project_id, title) values (1, 'x')"
      expect(await views.as(alice, insert)).toBe('25006')
      expect(await views.as(alice, [reset, insert])).toMatch(/^(44000|42501)$/)
      await views.as(alice, [reset, 'delete from agent.issues'])
      await views.as(alice, [reset, "update agent.issues set title = 'gone'"])
      expect(await number('select count(*) from app.issues')).toBe(before)
      expect(await number("select count(*) from app.issues where title = 'gone'")).toBe(0)
    })

    test('up again changes nothing that callers see, and takes what the file no longer has', async () => {
      const first = await views.plan(appSource(enforce))
      const again = await views.up(appSource(enforce), first)
      expect(again.hash).toBe(first.hash)
      expect(await views.as(bob, 'select title from agent.issues')).toEqual([{ title: 'secret plan' }])
      const { issues, comments, ...tables } = appSource(enforce).tables ?? {}
      await views.up({ ...appSource(enforce), tables }, again)
      expect(await views.as(alice, 'select * from agent.issues')).toBe('42P01')
      expect(await views.as(alice, 'select email from agent.members limit 1')).toHaveLength(1)
      expect(
        await number(
          "select count(*) from information_schema.column_privileges where grantee like 'rowgate_reader%' and table_name = 'issues'",
        ),
      ).toBe(0)
      expect(await number("select count(*) from pg_class where relname = 'issues' and relrowsecurity")).toBe(
        0,
      )
      expect(
        await number(
          "select has_sequence_privilege(rowgate.login()::text, 'app.issues_id_seq', 'usage')::int",
        ),
      ).toBe(0)
      await views.up(appSource(enforce), again)
      expect(
        await views.as(
          alice,
          "insert into agent.issues (project_id, title) values (1, 'x') returning 1 as one",
          'write',
        ),
      ).toEqual([{ one: 1 }])
    })
  },
)
