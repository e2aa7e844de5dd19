/** Numbers as MySQL holds them: what a double would change is given as text. */

import { asc } from 'drizzle-orm'
import { bigint, decimal, double, int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { expect, test } from 'vitest'
import { createMySql } from '../../../../src/data/mysql/connector.ts'
import { mariaDbMissing, startMariaDb } from '../../../support/servers/mariadb.ts'

const accounts = mysqlTable('accounts', {
  tenantId: varchar('tenant_id', { length: 9 }).notNull(),
  n: int().notNull(),
  big: bigint({ mode: 'number' }).notNull(),
  positive: bigint({ mode: 'number', unsigned: true }).notNull(),
  text: decimal({ precision: 30, scale: 2 }).notNull(),
  number: decimal({ precision: 30, scale: 2, mode: 'number' }).notNull(),
  float: double('real_').notNull(),
})

test.skipIf(mariaDbMissing())('a number is read to the digit', async () => {
  const mariadb = await startMariaDb()
  await mariadb.root.query(
    `create table shop.accounts (tenant_id varchar(9) not null, n int not null, big bigint not null,
      positive bigint unsigned not null, text decimal(30,2) not null, number decimal(30,2) not null, real_ double not null)`,
  )
  await mariadb.root.query(
    `insert into shop.accounts values
      ('t', 1, 9007199254740993, 18446744073709551615, 9007199254740993.01, 9007199254740993.01, 1e300),
      ('t', 2, -9007199254740991, 9007199254740991, 0.10, 19.90, 0.1)`,
  )
  const ends: (() => Promise<void>)[] = []
  const mysql = createMySql(mariadb.url)(
    { userId: 'u', tenantId: 't', scopes: new Set() },
    {
      signal: new AbortController().signal,
      deadline: Date.now() + 10_000,
      onEnd: (close) => ends.push(close),
      observe: () => undefined,
      traceId: undefined,
    },
  )
  const { big, positive, text, number, float, n } = accounts
  const [rows] = await mysql.read((of) => [
    of.select(accounts, { big, positive, text, number, float }, { orderBy: [asc(n)], limit: 9 }),
  ])
  for (const end of ends) await end()
  await mariadb.close()
  expect(rows.map(Object.values)).toEqual([
    ['9007199254740993', '18446744073709551615', '9007199254740993.01', '9007199254740993.01', 1e300],
    [-9007199254740991, 9007199254740991, '0.10', 19.9, 0.1],
  ])
})
