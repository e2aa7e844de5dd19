/** Rows as a model reads them: every value in full, and nothing that could be taken for another value. */

import { expect, test } from 'vitest'
import { tsvOf } from '../../../src/toolkit/tsv.ts'

const table = (rows: readonly unknown[][], more: { truncated?: boolean; next_cursor?: string } = {}) =>
  tsvOf({ columns: ['id', 'note'], rows, truncated: false, ...more })

test('rows are lines under a header, every value as it is', () => {
  const rows = [
    [1, 'a "b", c'],
    ['9007199254740993', true],
    [2.5, { a: ['x', 1] }],
  ]
  expect(table(rows)).toBe('id\tnote\n1\ta "b", c\n9007199254740993\ttrue\n2.5\t{"a":["x",1]}')
})

test('NULL, an empty text and a text that looks like NULL are three things', () => {
  expect(
    table([
      [null, ''],
      ['null', '\\N'],
    ]),
  ).toBe('id\tnote\n\\N\t\nnull\t\\\\N')
})

test.each([
  ['a tab', 'a\tb', 'a\\tb'],
  ['a line break', 'a\r\nb', 'a\\r\\nb'],
  ['a backslash', 'a\\nb', 'a\\\\nb'],
  ['COPY’s end mark', '\\.', '\\\\.'],
])('%s in a value stays in its cell', (_, value, cell) => {
  expect(table([[1, value]])).toBe(`id\tnote\n1\t${cell}`)
})

test('what is left out is said after the rows, and that there are none', () => {
  expect(table([[1, 'a']], { truncated: true, next_cursor: '1.abc' })).toBe(
    'id\tnote\n1\ta\n\\.\ntruncated: true\nnext_cursor: 1.abc',
  )
  expect(table([])).toBe('id\tnote\n\\.\nrow_count: 0')
})
