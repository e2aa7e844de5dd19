/** Numbers as D1 holds them: what a double would change is given as text. */

import { desc, sql } from 'drizzle-orm'
import { integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { createD1 } from '../../../../src/data/d1/connector.ts'
import { readBindings } from '../../../../src/infra/config/bindings.ts'
import { startEngineServer } from '../../../support/product/engine-server.ts'
import { absent } from '../../../support/skip-without.ts'

const accounts = sqliteTable('accounts', {
  tenantId: text('tenant_id').notNull(),
  whole: integer().notNull(),
  exact: numeric().notNull(),
  double: real().notNull(),
})

test.skipIf(absent('notebook'))('a whole number is read to the digit, and ordered as a number', async () => {
  const rowgate = await startEngineServer({})
  const env = await rowgate.server.getWorker().getEnv()
  const { d1 } = readBindings(env)
  if (d1 === undefined) throw new Error('wrangler.toml brings a D1.')
  await env.DB.batch(
    [
      'create table accounts (tenant_id text not null, whole integer not null, exact numeric not null, double real not null)',
      `insert into accounts values ('t', 9007199254740991, 9007199254740993, 0.1), ('t', 9007199254740993, -5, 1e300),
        ('t', -9223372036854775808, 0.5, -1), ('t', 7, 9223372036854775807, 2)`,
    ].map((statement) => env.DB.prepare(statement)),
  )
  const caller = { userId: 'u', tenantId: 't', scopes: new Set<string>() }
  const call = {
    signal: new AbortController().signal,
    deadline: Date.now() + 5_000,
    observe: () => undefined,
  }
  const { whole, exact, double } = accounts
  const [rows] = await createD1(d1)(caller, call).read((of) => [
    of.select(accounts, { whole, exact, double }, { orderBy: [desc(whole), sql`1`], limit: 9 }),
  ])
  await rowgate.close()
  expect(rows.map(Object.values)).toEqual([
    ['9007199254740993', '-5', 1e300],
    [9007199254740991, '9007199254740993', 0.1],
    [7, '9223372036854775807', 2],
    ['-9223372036854775808', '0.5', -1],
  ])
})
