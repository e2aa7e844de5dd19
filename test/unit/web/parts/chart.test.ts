/** Choice of a table's chart, and its drawing. */

import { expect, test } from 'vitest'
import { chartAs, possibleKinds, proposedChart } from '../../../../web/parts/chart-choice.ts'
import { plotOf, summaryOf } from '../../../../web/parts/chart-data.ts'
import { table } from './table.ts'

test.each([
  [
    'a time and a number',
    ['day date', 'total numeric'],
    [['2024-01-01', '5']],
    { kind: 'line', x: 0, y: [1] },
  ],
  [
    'numbers of like size over time',
    ['month date', 'sales integer', 'costs integer', 'visits integer'],
    [
      ['2024-01-01', 100, 80, 900_000],
      ['2024-02-01', 110, 90, 950_000],
    ],
    { kind: 'line', x: 0, y: [1, 2] },
  ],
  [
    'a line for each of few values',
    ['day date', 'store text', 'total numeric'],
    [
      ['2024-01-01', 'a', 1],
      ['2024-01-01', 'b', 2],
    ],
    { kind: 'line', x: 0, y: [2], by: 1 },
  ],
  [
    'a category and a number',
    ['id integer', 'status text', 'n bigint'],
    [[7, 'open', 3]],
    { kind: 'bar', x: 1, y: [2] },
  ],
  ['two numbers', ['height real', 'weight real'], [[1, 2]], { kind: 'scatter', x: 0, y: [1] }],
  ['one number', ['price numeric'], [['1.5']], { kind: 'histogram', x: 0, y: [] }],
])('%s', (_, names, rows, chart) => {
  expect(proposedChart(table(names, rows))).toEqual({ by: undefined, ...chart })
})

test('there is none without numbers or rows', () => {
  expect(proposedChart(table(['name text'], [['a']]))).toBeUndefined()
  expect(proposedChart(table(['n integer'], []))).toBeUndefined()
  expect(possibleKinds(table(['name text'], [['a']]))).toEqual([])
})

test('a chart that is changed to another kind keeps the columns that fit', () => {
  const made = table(['day date', 'store text', 'n integer'], [['2024-01-01', 'a', 1]])
  const line = { kind: 'line', x: 0, y: [2], by: undefined } as const
  expect(chartAs(made, 'bar', line)).toEqual({ kind: 'bar', x: 0, y: [2], by: undefined })
  expect(chartAs(made, 'histogram', line)).toEqual({ kind: 'histogram', x: 2, y: [], by: undefined })
})

test('bars sum the rows of a value, and say how many values were left out', () => {
  const rows = Array.from({ length: 100 }, (_, at) => [`s${at % 50}`, at])
  const plot = plotOf(table(['s text', 'n integer'], rows), { kind: 'bar', x: 0, y: [1], by: undefined })
  expect(plot.series[0]?.ys[0]).toBe(0 + 50)
  expect(plot.notes).toEqual(['rows with the same value are summed', 'the first 40 of 50 values'])
})

test('a histogram counts every number once', () => {
  const rows = [...Array.from({ length: 1_000 }, (_, at) => [at / 10]), [null], ['NaN']]
  const plot = plotOf(table(['v real'], rows), { kind: 'histogram', x: 0, y: [], by: undefined })
  expect(plot.series[0]?.ys.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(1_000)
  expect(plot.notes).toEqual(['2 rows without a number are left out'])
})

test('a hundred thousand points are thinned out and keep the highest and lowest', () => {
  const rows = Array.from({ length: 100_000 }, (_, at) => [at, at === 77_777 ? 5_000 : Math.sin(at / 100)])
  const plot = plotOf(table(['x integer', 'y real'], rows), { kind: 'line', x: 0, y: [1], by: undefined })
  expect(plot.xs.length).toBeLessThanOrEqual(4_002)
  expect(plot.series[0]?.ys).toContain(5_000)
})

test('the summary says what is drawn, and hostile names stay visible text', () => {
  const made = table(
    ['day date', '<b>\u202e text'],
    [
      ['2024-01-01', '3'],
      ['2024-03-01', '12'],
    ],
  )
  const hostile = {
    ...made,
    columns: made.columns.map(
      (column) => ({ ...column, kind: column.name === 'day' ? 'time' : 'number' }) as const,
    ),
  }
  const plot = plotOf(hostile, { kind: 'line', x: 0, y: [1], by: undefined })
  expect(summaryOf(plot)).toBe(
    'Line chart of <b>⟨U+202E⟩ by day, 2 points from 2024-01-01 to 2024-03-01; <b>⟨U+202E⟩ from 3 to 12',
  )
})
