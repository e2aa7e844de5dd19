/** What the Approvals page shows of a change. */

import { expect, test } from 'vitest'
import { differenceOf, textDifference } from '../../../../web/console/pages/approvals/difference.ts'

test('columns that stay are told from those that change, by value and not by look', () => {
  const columns = ['same', 'json', 'number', 'emptied', 'text of a number']
  const before = [1, { a: [1] }, 1, 'x', '1']
  const { changed, same } = differenceOf({ columns, before, after: [1, { a: [1] }, 2, null, 1] })
  expect(same.map(({ column }) => column)).toEqual(['same', 'json'])
  expect(changed).toEqual([
    { column: 'number', before: 1, after: 2 },
    { column: 'emptied', before: 'x', after: null },
    { column: 'text of a number', before: '1', after: 1 },
  ])
})

test('each column of a row that is added or deleted changes, null too', () => {
  const one = differenceOf({ columns: ['a'], before: null, after: [null] })
  expect(one).toEqual({ changed: [{ column: 'a', before: undefined, after: null }], same: [] })
  const other = differenceOf({ columns: ['a'], before: [null], after: null })
  expect(other).toEqual({ changed: [{ column: 'a', before: null, after: undefined }], same: [] })
})

test.each([
  ['fix it', 'fix that', ['fix ', 'it', 'that', '']],
  ['a b c', 'a c', ['a ', 'b ', '', 'c']],
  ['', 'new', ['', '', 'new', '']],
  ['x x', 'x x x', ['x x', '', ' x', '']],
  ['👍 ok', '👎 ok', ['', '👍', '👎', ' ok']],
  [12.5, 12.75, ['', '12.5', '12.75', '']],
  [null, 'a', ['', '', 'a', '']],
])('%j and %j differ in whole words', (before, after, parts) => {
  const { start, removed, added, end } = textDifference(before, after)
  expect([start, removed, added, end]).toEqual(parts)
})
