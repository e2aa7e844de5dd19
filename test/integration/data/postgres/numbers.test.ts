/**
 * Numbers as Postgres holds them, in a toolset's own statements: what a double would change is given as text.
 */

import { count, max, sql, sum } from 'drizzle-orm'
import { bigint, doublePrecision, integer, jsonb, numeric, pgTable } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { anyDatabase, overTcp } from '../../../support/servers/databases.ts'

const numbers = pgTable('numbers', {
  n: integer().notNull(),
  big: bigint({ mode: 'number' }).notNull(),
  exact: numeric({ mode: 'number' }).notNull(),
  double: doublePrecision().notNull(),
  list: bigint({ mode: 'number' }).array().notNull(),
  object: jsonb().notNull(),
})
const TABLE = `create table numbers as select * from (values
  (1, 9007199254740993::bigint, 0.12345678901234567890::numeric, 1e300::float8, '{1,9007199254740993}'::bigint[],
    '{"a": [9007199254740993, 0.5], "b": 123456789.123456789}'::jsonb),
  (2, 9007199254740991, 19.90, 0.1, '{}', '[1, 2.5]')) as numbers (n, big, exact, double, list, object)`

describe.each([...anyDatabase, ...overTcp.slice(0, 1)])('$engine', ({ start }) => {
  test('columns and aggregates are read to the digit', async () => {
    const database = await start()
    await database.endpoint.owner(TABLE)
    await database.endpoint.owner(`grant select on numbers to ${database.login}`)
    const { n, big, exact, double, list, object } = numbers
    const [rows, totals, plain] = await database.as('ada').read((db) => [
      db.select({ big, exact, double, list, object }).from(numbers).orderBy(n),
      db
        .select({
          rows: count(),
          total: sum(big).mapWith(Number),
          most: max(big),
          named: sql<number>`sum(${big}) + 0.5`.mapWith(Number).as('named'),
        })
        .from(numbers),
      db.execute(sql`select json_build_object('most', max(big), 'rows', count(*)) as answer from ${numbers}`),
    ])
    await database.close()
    expect(rows.map(Object.values)).toEqual([
      [
        '9007199254740993',
        '0.12345678901234567890',
        1e300,
        [1, '9007199254740993'],
        { a: ['9007199254740993', 0.5], b: '123456789.123456789' },
      ],
      [9007199254740991, 19.9, 0.1, [], [1, 2.5]],
    ])
    expect(totals).toEqual([
      { rows: 2, total: '18014398509481984', most: '9007199254740993', named: '18014398509481984.5' },
    ])
    expect(plain.rows).toEqual([{ answer: { most: '9007199254740993', rows: 2 } }])
  })
})
