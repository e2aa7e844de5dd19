/** Recognises a sheet's report, and reads its rows. */

import { describe, expect, test } from 'vitest'
import { readHalfYear, weekEnding } from '../../../scripts/examples/netflix/workbooks/period.ts'
import { RowError, readHeader, rowReader } from '../../../scripts/examples/netflix/workbooks/report.ts'
import type { Cell } from '../../../scripts/examples/netflix/workbooks/sheet.ts'

const ENGAGEMENT = ['Title', 'Available Globally?', 'Release Date', 'Hours Viewed', 'Runtime', 'Views']
const WEEKLY = [
  ...['week', 'category', 'weekly_rank', 'show_title', 'season_title', 'weekly_hours_viewed', 'runtime'],
  ...['weekly_views', 'cumulative_weeks_in_top_10'],
]
const period = { duration: 'semi_annual', startDate: '2024-01-01', endDate: '2024-06-30' } as const

function reader(names: readonly Cell[], sheet = 'Film') {
  const header = readHeader({ number: 1, cells: names })
  if (header === undefined) throw new Error('no header')
  const read = rowReader(header, sheet, period)
  if (read === undefined) throw new Error('no reader')
  return read
}

const film = (over: Record<number, Cell> = {}) =>
  reader(ENGAGEMENT)(Object.assign(['Damsel', 'Yes', '2024-03-08', 263_700_000, '1:50', 143_800_000], over))
const weekly = (over: Record<number, Cell> = {}) =>
  reader(
    WEEKLY,
    'Top 10',
  )(
    Object.assign(
      ['2024-06-30', 'TV (Non-English)', 3, 'Elite', 'Elite: Season 2', 10_140_000, 7.5, 1_400_000, 2],
      over,
    ),
  )

test('a header is known by its names, in any order, with notes around it', () => {
  expect(readHeader({ number: 6, cells: [null, 'Hours Viewed', 'TITLE', 'What else?'] })?.kind).toBe(
    'engagement',
  )
  expect(readHeader({ number: 1, cells: WEEKLY.toReversed() })?.kind).toBe('weekly')
  expect(readHeader({ number: 1, cells: ['What We Watched', 2024] })).toBeUndefined()
  expect(readHeader({ number: 1, cells: ['Title', 'Hours'] })).toBeUndefined()
})

test('an engagement row is a film or a season by its sheet', () => {
  expect(film()).toMatchObject({
    ...{
      kind: 'movie',
      title: 'Damsel',
      originalTitle: null,
      availableGlobally: true,
      releaseDate: '2024-03-08',
    },
    ...{ hoursViewed: 263_700_000, runtimeMinutes: 110, views: 143_800_000, period, locale: null },
  })
  const series = reader(
    ENGAGEMENT,
    'TV',
  )(['Berlin: Season 1 // Berlín: Temporada 1', 'No', null, '1,000', '*', ''])
  expect(series).toMatchObject({
    ...{ kind: 'season', title: 'Berlin: Season 1', originalTitle: 'Berlín: Temporada 1', releaseDate: null },
    ...{ availableGlobally: false, hoursViewed: 1000, runtimeMinutes: null, views: null },
  })
})

test("Excel's own dates, times and numbers are read too", () => {
  expect(film({ 0: 1899, 2: 45_359, 4: 110 / 1440 })).toMatchObject({
    ...{ title: '1899', releaseDate: '2024-03-08', runtimeMinutes: 110 },
  })
})

test('a weekly row knows its week, its list and where the show ends', () => {
  expect(weekly()).toMatchObject({
    ...{
      kind: 'season',
      title: 'Elite: Season 2',
      show: 'Elite',
      locale: 'non-en',
      viewRank: 3,
      runtimeMinutes: 450,
    },
    ...{
      cumulativeWeeksInTop10: 2,
      period: { duration: 'weekly', startDate: '2024-06-24', endDate: '2024-06-30' },
    },
  })
  expect(weekly({ 1: 'Films (English)', 4: 'N/A', 6: '', 7: '' })).toMatchObject({
    ...{ kind: 'movie', title: 'Elite', show: null, locale: 'en', runtimeMinutes: null, views: null },
  })
  expect(weekly({ 4: 'N/A' })).toMatchObject({ kind: 'season', title: 'Elite', show: 'Elite' })
})

describe('a row that cannot be read says why', () => {
  test.each([
    ['no title', () => film({ 0: null }), 'it has no title'],
    ['a title of nothing', () => film({ 0: '\u200e ' }), 'it has no title'],
    [
      'a title without end',
      () => film({ 0: 'x'.repeat(1_001) }),
      'its title is longer than 1,000 characters',
    ],
    ['no hours', () => film({ 3: '*' }), 'it has no hours viewed'],
    ['hours in words', () => film({ 3: 'many' }), 'its hours viewed "many" is not a whole number'],
    ['half an hour', () => film({ 3: 0.5 }), 'its hours viewed "0.5" is not a whole number'],
    ['negative hours', () => film({ 3: -1 }), 'its hours viewed "-1" is not a whole number'],
    ['more hours than there are', () => film({ 3: 1e15 }), 'is not a whole number'],
    ['a day that is not', () => film({ 2: '2024-02-30' }), 'its release date "2024-02-30" is not a date'],
    ['a day of another form', () => film({ 2: '03/08/2024' }), 'is not a date'],
    ['a serial number beyond the calendar', () => film({ 2: 1e300 }), 'is not a date'],
    ['a year that Postgres does not have', () => film({ 2: '0000-01-01' }), 'is not a date'],
    ['a runtime in words', () => film({ 4: 'long' }), 'its runtime "long" is not hours and minutes'],
    ['an error of a formula', () => film({ 3: '#N/A' }), 'is not a whole number'],
    ['an unknown list', () => weekly({ 1: 'Games' }), 'the category "Games" is unknown'],
    ['no week', () => weekly({ 0: null }), 'it has no week'],
    ['a rank from another column', () => weekly({ 2: 10_140_000 }), 'its weekly rank "10140000" is not'],
  ])('%s', (_, read, words) => {
    expect(read).toThrow(RowError)
    expect(read).toThrow(words)
  })
})

test('a runtime beyond reason is not known', () => {
  expect(film({ 4: '9999:00' }).runtimeMinutes).toBeNull()
  expect(film({ 4: '0:00' }).runtimeMinutes).toBeNull()
})

test('the half year is read from the names that the reports go by', () => {
  const second = { duration: 'semi_annual', startDate: '2023-07-01', endDate: '2023-12-31' }
  expect(readHalfYear('netflix-engagement-2024H1.xlsx')).toEqual(period)
  expect(readHalfYear('What_We_Watched_A_Netflix_Engagement_Report_2023Jul-Dec.xlsx')).toEqual(second)
  expect(readHalfYear('July – December 2023')).toEqual(second)
  expect(readHalfYear('report-2024.xlsx')).toBeUndefined()
  expect(readHalfYear('2024H3')).toBeUndefined()
})

test('a week begins six days before its last day, over the end of a year too', () => {
  expect(weekEnding('2023-01-01')).toMatchObject({ startDate: '2022-12-26', endDate: '2023-01-01' })
})
