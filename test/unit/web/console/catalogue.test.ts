/** The catalogue in the console: where keys lead, and a query for the first rows. */

import { expect, test } from 'vitest'
import {
  firstRows,
  joinPaths,
  joinsFrom,
  otherKeys,
  primaryKey,
  schemaOf,
} from '../../../../web/console/pages/data/catalogue.ts'

const table = (name: string, keys: readonly string[]) => ({
  ...{ name, keys, columns: [], column_count: 0, indexes: [], policies: [] },
})

test('a foreign key is a way to another table', () => {
  const keys = [
    'PRIMARY KEY (order_id)',
    'FOREIGN KEY (customer_id) REFERENCES retail.customers(customer_id)',
    'FOREIGN KEY (a, b) REFERENCES "Odd (name)"(c, d) ON DELETE CASCADE',
  ]
  expect(joinPaths({ keys })).toEqual([
    { columns: 'customer_id', table: 'retail.customers', to: 'customer_id' },
    { columns: 'a, b', table: '"Odd (name)"', to: 'c, d' },
  ])
})

test.each([
  [table('public.tasks', ['PRIMARY KEY (id)']), 'SELECT * FROM public.tasks ORDER BY id'],
  [table('"order"', ['PRIMARY KEY (a, "b, c")']), 'SELECT * FROM "order" ORDER BY a, "b, c"'],
  [table('public."Odd ""name"""', []), 'SELECT * FROM public."Odd ""name"""'],
])('the first rows of %o are asked for in the order of its key', (described, sql) => {
  expect(firstRows(described)).toBe(sql)
})

test('a key of several columns keeps quoted names whole', () => {
  expect(primaryKey({ keys: ['PRIMARY KEY (a, "b, c")'] })).toEqual(['a', '"b, c"'])
})

test('of a source with a lock, keys and the tables that lead here are told from the rest', () => {
  const keys = [
    'KEY (id, "Odd, one")',
    'FOREIGN KEY (project_id) REFERENCES "Projects (old)" (id)',
    'REFERENCED BY comments (issue_id) ON (id)',
    'CHECK ((total >= (0)::numeric))',
  ]
  expect(primaryKey({ keys })).toEqual(['id', '"Odd, one"'])
  expect(joinPaths({ keys })).toEqual([{ columns: 'project_id', table: '"Projects (old)"', to: 'id' }])
  expect(joinsFrom({ keys })).toEqual([{ columns: 'id', table: 'comments', to: 'issue_id' }])
  expect(otherKeys({ keys })).toEqual([keys[0], keys[3]])
})

test.each([
  ['orders', ''],
  ['sales.orders', 'sales'],
  ['"a.b"', ''],
  ['sales."a.b"', 'sales'],
  ['"s.1"."a""b.c"', '"s.1"'],
])('%s is in the schema %j', (name, schema) => {
  expect(schemaOf(name)).toBe(schema)
})
