/** Order and filter of a grid's rows. */

import { expect, test } from 'vitest'
import type { Json } from '../../../../web/parts/answer.ts'
import { filtered } from '../../../../web/parts/filter.ts'
import { sorted } from '../../../../web/parts/sort.ts'
import { table } from './table.ts'

function inOrder(type: string, values: readonly Json[], descending = false): Json[] {
  const made = table(
    [`v ${type}`],
    values.map((value) => [value]),
  )
  const rows = made.rows.map((_, at) => at)
  return sorted(made, rows, { column: 0, descending }).map((at) => made.rows[at]?.[0] ?? null)
}

test('numbers are compared to the last digit, whether they come as numbers or as text', () => {
  const values = [
    '9007199254740993',
    9007199254740991,
    '9007199254740992',
    '-9007199254740993',
    2,
    '10.10',
    '10.1',
  ]
  expect(inOrder('numeric', values)).toEqual([
    '-9007199254740993',
    2,
    '10.10',
    '10.1',
    9007199254740991,
    '9007199254740992',
    '9007199254740993',
  ])
  expect(inOrder('numeric', ['0.10000000000000000001', '0.1', '1e400', '1e399', '-1e400'])).toEqual([
    '-1e400',
    '0.1',
    '0.10000000000000000001',
    '1e399',
    '1e400',
  ])
})

test('NaN is the greatest number, as in Postgres', () => {
  expect(inOrder('numeric', ['NaN', 'Infinity', 1, '-Infinity'])).toEqual(['-Infinity', 1, 'Infinity', 'NaN'])
})

test.each([false, true])('nulls are last and equal rows keep their order, descending: %s', (descending) => {
  const made = table(
    ['v integer', 'n integer'],
    [
      [null, 0],
      [1, 1],
      [2, 2],
      [1, 3],
      [null, 4],
      [2, 5],
    ],
  )
  const order = sorted(made, [0, 1, 2, 3, 4, 5], { column: 0, descending })
  expect(order).toEqual(descending ? [2, 5, 1, 3, 0, 4] : [1, 3, 2, 5, 0, 4])
})

test('times are compared by their moment, before and after Christ', () => {
  const values = [
    '2024-01-01 12:00:00+02',
    '2024-01-01 11:00:00+00',
    'infinity',
    '0044-03-15 BC',
    '-infinity',
  ]
  expect(inOrder('timestamp with time zone', values)).toEqual([
    '-infinity',
    '0044-03-15 BC',
    '2024-01-01 12:00:00+02',
    '2024-01-01 11:00:00+00',
    'infinity',
  ])
})

test('digits within texts count as numbers, and a column without a type is known by its values', () => {
  expect(inOrder('text', ['item 10', 'item 9', 'Item 1'])).toEqual(['Item 1', 'item 9', 'item 10'])
  expect(inOrder('', ['100', '20', '3.5'])).toEqual(['3.5', '20', '100'])
  expect(table(['zip'], [['01234'], ['10115']]).columns[0]?.kind).toBe('text')
  expect(table(['at'], [['2024-03-10T10:00:00.000Z']]).columns[0]?.kind).toBe('time')
})

test('a hundred thousand rows are sorted without a comparison that is inconsistent', () => {
  const values = Array.from({ length: 100_000 }, (_, at) => String((at * 7919) % 100_003))
  const numbers = inOrder('numeric', values).map(Number)
  expect(numbers.every((value, at) => at === 0 || (numbers[at - 1] ?? 0) <= value)).toBe(true)
})

const people = table(
  ['name text', 'amount numeric', 'since date', '"full name" text'],
  [
    ['Ann', '9007199254740993', '2024-01-01', 'Ann van Dyke'],
    ['Bob', '10', '2023-01-01', 'Bob "B" Dyke'],
    [null, null, null, '=1+1'],
  ],
)

test.each([
  ['', [0, 1, 2]],
  ['ann', [0]],
  ['dyke bob', [1]],
  ['name:b', [1]],
  ['amount>9007199254740992', [0]],
  ['amount<=10', [1]],
  ['since<2024-01-01', [1]],
  ['"full name":"van dyke"', [0]],
  ['=1+1', [2]],
  ['nothing:here', []],
])('the filter %j keeps rows %j', (filter, kept) => {
  expect(filtered(people, filter)).toEqual(kept)
})
