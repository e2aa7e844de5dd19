/**
 * A generated migration says who may use the tables that it makes: forgotten, a table could not be read at
 * all.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { accessTo } from '../../../scripts/build/grants.ts'
import { withoutDrops } from '../../../scripts/build/keep-tables.ts'
import { wentWithExamples } from '../../support/skip-without.ts'

const DRIZZLE = new URL('../../../drizzle/examples/', import.meta.url)

/** The statements, one a line. */
function statements(migration: string): string[] {
  return accessTo(migration)
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

test('each new table has its row security forced and is protected, in its schema', () => {
  const migration = `CREATE SCHEMA "crm";
--> statement-breakpoint
CREATE TABLE "crm"."leads" (
	"id" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"note" text DEFAULT 'CREATE TABLE "no_table" (' NOT NULL
);`
  expect(statements(migration)).toEqual([
    'ALTER TABLE "crm"."leads" FORCE ROW LEVEL SECURITY;',
    `select rowgate.protect('"crm"."leads"', 'select, insert, update, delete');`,
    'ALTER TABLE "public"."invoices" FORCE ROW LEVEL SECURITY;',
    `select rowgate.protect('"public"."invoices"', 'select, insert, update, delete');`,
  ])
})

test('a quote in a name ends no text', () => {
  expect(statements(`CREATE TABLE "bob's" (`)).toEqual([
    `ALTER TABLE "public"."bob's" FORCE ROW LEVEL SECURITY;`,
    `select rowgate.protect('"public"."bob''s"', 'select, insert, update, delete');`,
  ])
})

test('a migration that makes no table is left as it is', () => {
  expect(accessTo('ALTER TABLE "tasks" ADD COLUMN "due" date;')).toBe('')
  expect(accessTo('')).toBe('')
})

test.skipIf(wentWithExamples('drizzle/examples'))('it finds every table that drizzle-kit wrote', () => {
  const migrations = readdirSync(DRIZZLE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(new URL(name, DRIZZLE), 'utf8'))
  expect(migrations.length).toBeGreaterThan(0)
  for (const migration of migrations) {
    const made = migration.split('\n').filter((line) => line.startsWith('CREATE TABLE "')).length
    expect(statements(migration).filter((statement) => statement.includes('protect'))).toHaveLength(made)
  }
})

test('tables of a deleted toolset stay, and how they are dropped is written down', () => {
  const migration = `DROP POLICY "leads_own" ON "crm"."leads" CASCADE;--> statement-breakpoint
DROP TABLE "crm"."leads" CASCADE;--> statement-breakpoint
DROP POLICY "notes_own" ON "notes" CASCADE;--> statement-breakpoint
DROP TABLE "notes" CASCADE;--> statement-breakpoint
DROP POLICY "invoices_old" ON "invoices" CASCADE;--> statement-breakpoint
DROP SCHEMA "crm";
`
  expect(withoutDrops(migration)).toBe(`DROP POLICY "invoices_old" ON "invoices" CASCADE;
--> statement-breakpoint
-- Their tables stay, with their rows. To drop them:
-- drop table "notes" cascade;
-- drop schema "crm" cascade;`)
  const other = 'ALTER TABLE "notes" DROP COLUMN "text";'
  expect(withoutDrops(other)).toBe(other)
})
