/** Lists and pages: nothing is cut without saying so, and a cursor says where the next page begins. */

import { expect, test } from 'vitest'
import { listOf, pageOf } from '../../../src/toolkit/page.ts'

const COLUMNS = ['id', 'note', 'at']
const row = (id: number) => ({ at: new Date(id), hidden: 'no column', id, note: null })
const afterId = ({ id }: { id: number }) => `after ${id}`

test('a page says that there is more only when there is, and goes on after the last row that it shows', () => {
  const rows = [row(3), row(2), row(1)]
  const pages = [2, 3, 4].map((limit) => pageOf(COLUMNS, rows, limit, afterId))
  expect(pages.map(({ row_count, truncated, next_cursor }) => [row_count, truncated, next_cursor])).toEqual([
    [2, true, 'after 2'],
    [3, false, undefined],
    [3, false, undefined],
  ])
})

test('the columns decide what is shown and in which order; a time is ISO 8601', () => {
  expect(listOf(COLUMNS, [row(1)], 5)).toEqual({
    columns: COLUMNS,
    rows: [[1, null, '1970-01-01T00:00:00.001Z']],
    row_count: 1,
    truncated: false,
  })
})

test('a value that is false, zero or empty is a value; one that is missing is null', () => {
  const rows = [{ no: false, none: 0, empty: '' }]
  expect(listOf(['no', 'none', 'empty', 'missing'], rows, 1).rows).toEqual([[false, 0, '', null]])
})

test('no rows are an empty page', () => {
  const empty = { columns: COLUMNS, rows: [], row_count: 0, truncated: false }
  expect(pageOf(COLUMNS, [], 1, () => 'nowhere')).toEqual(empty)
})

test('rows that are too large for an answer are left for the next page, but never the first', () => {
  const long = (id: number) => ({ ...row(id), note: '語'.repeat(30_000) })
  const rows = [4, 3, 2, 1].map(long)
  expect(pageOf(COLUMNS, rows, 4, afterId)).toMatchObject({
    row_count: 2,
    truncated: true,
    next_cursor: 'after 3',
  })
  const huge = [{ ...row(1), note: 'x'.repeat(1_000_000) }]
  expect(pageOf(COLUMNS, huge, 4, afterId)).toMatchObject({ row_count: 1, truncated: false })
})
