/**
 * Checks of the applications of `foreign.ts` about themselves: each a statement, with the role that runs it.
 * They must hold before, during and after Rowgate's stay in the database.
 */

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type pg from 'pg'
import { apartFromPassword, PROGRAMS } from '../servers/postgres15.ts'
import type { ForeignDatabase, ForeignName } from './foreign.ts'

const execute = promisify(execFile)
const DUMP_MAX_BYTES = 64 * 1024 * 1024

interface AppCheck {
  readonly name: string
  /** The role that runs it. */
  readonly role: 'fw_owner' | 'fw_app' | 'fw_report'
  /** Statements before it, in its transaction, which is rolled back. */
  readonly before?: readonly string[]
  /** The statement; its first column must be `is`. `fails` is the SQLSTATE of one that must be refused. */
  readonly sql: string
  readonly is?: string | number | boolean | null
  readonly fails?: string
}

const ACME = 'a0000000-0000-4000-8000-000000000001'
const GLOBEX = 'b0000000-0000-4000-8000-000000000002'
const AS_GLOBEX = `set local app.org = '${GLOBEX}'`
const NEW_ISSUE = `insert into issues (org_id, project_id, title, reporter_id)
  select org_id, project_id, 'new', reporter_id from issues order by id limit 1 returning length(title)`

const FIELDWORK: readonly AppCheck[] = [
  { role: 'fw_owner', name: 'all issues', sql: 'select count(*)::int from issues', is: 1100 },
  { role: 'fw_app', name: 'all issues, as the web', sql: 'select count(*)::int from issues', is: 1100 },
  { role: 'fw_report', name: 'all issues, in reports', sql: 'select count(*)::int from issues', is: 1100 },
  {
    role: 'fw_app',
    name: "one company's issues",
    sql: `select count(*)::int from issues where org_id = '${GLOBEX}'`,
    is: 100,
  },
  { role: 'fw_app', name: 'all comments', sql: 'select count(*)::int from comments', is: 2200 },
  { role: 'fw_app', name: 'all members', sql: 'select count(*)::int from members', is: 7 },
  { role: 'fw_app', name: 'salaries', sql: 'select sum(salary)::int from members', is: 293_000 },
  { role: 'fw_report', name: 'all projects', sql: 'select count(*)::int from projects', is: 8 },
  { role: 'fw_app', name: 'a table with a reserved name', sql: 'select count(*)::int from "order"', is: 35 },
  {
    role: 'fw_app',
    name: 'a table with capitals',
    sql: 'select count(*)::int from "LineItem" where "unitPrice" > 10',
    is: 35,
  },
  { role: 'fw_app', name: 'a partitioned table', sql: 'select count(*)::int from events', is: 1200 },
  { role: 'fw_report', name: 'a partition', sql: 'select count(*)::int from events_2026_10', is: 814 },
  { role: 'fw_app', name: 'a table without a key', sql: 'select count(*)::int from heartbeats', is: 200 },
  {
    role: 'fw_app',
    name: 'a composite value',
    sql: 'select (place).lat from devices where serial = $$A-1$$',
    is: 52.5,
  },
  { role: 'fw_app', name: 'a view', sql: 'select count(*)::int from open_issues', is: 828 },
  { role: 'fw_report', name: 'another view', sql: 'select count(*)::int from member_cards', is: 7 },
  {
    role: 'fw_report',
    name: 'a materialized view',
    sql: 'select sum(issues)::int from org_totals',
    is: 1100,
  },
  {
    role: 'fw_owner',
    name: 'a materialized view after its refresh',
    before: ['refresh materialized view org_totals'],
    sql: 'select sum(issues)::int from org_totals',
    is: 1100,
  },
  {
    role: 'fw_owner',
    name: 'a view that calls a definer function',
    sql: `select owed::int from billing.balances where name = 'Acme'`,
    is: 900,
  },
  {
    role: 'fw_app',
    name: 'invoices of another schema',
    sql: 'select count(*)::int from billing.invoices',
    is: 12,
  },
  {
    role: 'fw_report',
    name: 'columns granted to reports',
    sql: 'select sum(amount)::int from billing.invoices',
    is: 4200,
  },
  {
    role: 'fw_report',
    name: 'a column not granted',
    sql: 'select iban from billing.invoices',
    fails: '42501',
  },
  { role: 'fw_report', name: 'a write not granted', sql: 'delete from issues', fails: '42501' },
  { role: 'fw_app', name: 'row security without a company', sql: 'select count(*)::int from notes', is: 0 },
  {
    role: 'fw_app',
    name: "row security within one's company",
    before: [AS_GLOBEX],
    sql: 'select count(*)::int from notes',
    is: 3,
  },
  {
    role: 'fw_report',
    name: 'row security by a policy to PUBLIC',
    sql: 'select count(*)::int from notes',
    is: 7,
  },
  { role: 'fw_owner', name: 'the owner is not bound', sql: 'select count(*)::int from notes', is: 7 },
  {
    role: 'fw_app',
    name: 'a note for another company is refused',
    before: [AS_GLOBEX],
    sql: `insert into notes (org_id, member_id, body) values ('${ACME}', 1, 'x')`,
    fails: '42501',
  },
  { role: 'fw_app', name: 'an insert', sql: NEW_ISSUE, is: 3 },
  {
    role: 'fw_app',
    name: "an update, with its trigger's work",
    sql: `update issues set title = 'changed' where id = (select min(id) from issues) returning updated_at > now()`,
    is: true,
  },
  {
    role: 'fw_owner',
    name: "a definer trigger's record",
    before: [
      "update issues set title = 'changed' where id = (select min(id) from issues)",
      'set local role fw_audit',
    ],
    sql: "select by_role from ops.changes where what = 'issues UPDATE' order by id desc limit 1",
    is: 'fw_owner',
  },
  {
    role: 'fw_app',
    name: 'a delete that cascades',
    before: ['delete from issues where id = (select min(id) from issues)'],
    sql: 'select count(*)::int from comments',
    is: 2198,
  },
  {
    role: 'fw_owner',
    name: 'a migration: a column, an index, a constraint',
    before: [
      'alter table issues add column severity int not null default 3',
      'create index on issues (severity)',
      'alter table issues add check (severity < 9)',
    ],
    sql: 'select sum(severity)::int from issues',
    is: 3300,
  },
  {
    role: 'fw_owner',
    name: 'a migration: a partition and an enum value',
    before: [
      "create table events_2026_12 partition of events for values from ('2026-12-01+00') to ('2027-01-01+00')",
      "alter type issue_status add value 'cancelled'",
    ],
    sql: 'select count(*)::int from events',
    is: 1200,
  },
  {
    role: 'fw_owner',
    name: 'tables that are made later are readable in reports',
    before: ['create table later (id int)', 'set local role fw_owner'],
    sql: "select has_table_privilege('fw_report', 'later', 'select')",
    is: true,
  },
]

const SUPPORTDESK: readonly AppCheck[] = [
  { role: 'fw_owner', name: 'all conversations', sql: 'select count(*)::int from conversations', is: 300 },
  { role: 'fw_owner', name: 'all messages', sql: 'select count(*)::int from messages', is: 1200 },
  { role: 'fw_owner', name: 'contacts', sql: 'select count(distinct email)::int from contacts', is: 60 },
  {
    role: 'fw_owner',
    name: "an account's conversation takes its next number",
    sql: `insert into conversations (account_id, inbox_id, contact_id, display_id) values (3, 1, 1, 0) returning display_id`,
    is: 1,
    before: ["select setval('conv_dpid_seq_3', 1, false)"],
  },
  {
    role: 'fw_owner',
    name: 'a new account gets its sequence',
    before: ["insert into accounts (name) values ('new')"],
    sql: `select count(*)::int from pg_class where relname = 'conv_dpid_seq_' || (select max(id) from accounts)`,
    is: 1,
  },
  {
    role: 'fw_owner',
    name: 'a login by e-mail',
    sql: "select encrypted_password like '$2a$%' from users where email = 'bob@desk.example'",
    is: true,
  },
  {
    role: 'fw_owner',
    name: 'taggings',
    sql: 'select count(*)::int from taggings join tags t on t.id = tag_id',
    is: 30,
  },
  {
    role: 'fw_owner',
    name: 'a migration: a column',
    before: ['alter table conversations add column snoozed_until timestamp'],
    sql: 'select count(*)::int from conversations where snoozed_until is null',
    is: 300,
  },
]

const RECORDSHOP: readonly AppCheck[] = [
  { role: 'fw_owner', name: 'all tracks', sql: 'select count(*)::int from track', is: 400 },
  { role: 'fw_owner', name: 'all customers', sql: 'select count(*)::int from customer', is: 59 },
  {
    role: 'fw_owner',
    name: 'sales of an employee',
    sql: `select sum(total)::text from invoice join customer using (customer_id) where support_rep_id = 2`,
    is: '196.02',
  },
  {
    role: 'fw_owner',
    name: 'a new artist',
    sql: "insert into artist values (1000, 'New') returning artist_id",
    is: 1000,
  },
]

const CHECKS: Record<ForeignName, readonly AppCheck[]> = {
  fieldwork: FIELDWORK,
  supportdesk: SUPPORTDESK,
  recordshop: RECORDSHOP,
}

/**
 * Runs the application's checks and gives the names of those that fail, with what they gave. A dump by its
 * owner is one of them.
 */
export async function failedChecks(name: ForeignName, database: ForeignDatabase): Promise<string[]> {
  const failed: string[] = []
  for (const role of ['fw_owner', 'fw_app', 'fw_report'] as const) {
    const checks = CHECKS[name].filter((check) => check.role === role)
    if (checks.length === 0) continue
    await database.as(role, async (client) => {
      for (const check of checks) {
        const said = await verdict(client, check)
        if (said !== undefined) failed.push(`${check.name}: ${said}`)
      }
    })
  }
  await dump(database).catch((error: unknown) => failed.push(`pg_dump by the owner: ${String(error)}`))
  return failed
}

/** Count of an application's checks, the dump among them. */
export function checkCount(name: ForeignName): number {
  return CHECKS[name].length + 1
}

/** Undefined if the check holds. */
async function verdict(
  client: pg.Client,
  { before = [], sql, is, fails }: AppCheck,
): Promise<string | undefined> {
  await client.query('begin')
  try {
    for (const statement of before) await client.query(statement)
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    if (fails !== undefined) return 'it was not refused'
    const got = rows[0]?.[0]
    return got === is ? undefined : `it gave ${String(got)} instead of ${String(is)}`
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return fails !== undefined && code === fails ? undefined : String(error)
  } finally {
    await client.query('rollback')
  }
}

/** The whole database as `pg_dump` by its owner writes it. */
export async function dump({ url }: ForeignDatabase, ...options: readonly string[]): Promise<string> {
  const { url: without, env } = apartFromPassword(url)
  const { stdout } = await execute(join(PROGRAMS, 'pg_dump'), [...options, without], {
    env: { ...process.env, ...env },
    maxBuffer: DUMP_MAX_BYTES,
  })
  // A random word that keeps psql from running what data say.
  return stdout.replaceAll(/^\\(?:un)?restrict .*$/gm, '')
}

/**
 * The catalogue to the line: definitions, owners and grants, and the server's roles with their memberships.
 */
export async function catalogueDump(database: ForeignDatabase): Promise<string> {
  const schema = await dump(database, '--schema-only')
  const settings = await database.as('fw_owner', async (client) => {
    const { rows } = await client.query(ROLES_AND_SETTINGS)
    return JSON.stringify(rows, null, 1)
  })
  return `${schema}\n${settings}`
}

/**
 * Lines that a dump of one database leaves out: its access list and settings, roles named after it,
 * memberships, and statistics' targets.
 */
const ROLES_AND_SETTINGS = `
  select 'database' as kind, datacl::text as what from pg_database where datname = current_database()
  union all
  select 'role', rolname from pg_roles where rolname like '%' || current_database() || '%'
  union all
  select 'member', pg_get_userbyid(roleid) || ' < ' || pg_get_userbyid(member) from pg_auth_members
    where pg_get_userbyid(roleid) like '%' || current_database() || '%'
      or pg_get_userbyid(member) like '%' || current_database() || '%'
  union all
  select 'setting', setconfig::text from pg_db_role_setting
    where setdatabase = (select oid from pg_database where datname = current_database())
  union all
  select 'statistics', attrelid::regclass || '.' || attname || ' ' || attstattarget from pg_attribute
    where attnum > 0 and attstattarget > -1 and attrelid >= 16384
  order by 1, 2`
