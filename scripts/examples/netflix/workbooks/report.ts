/** Recognises a report by its header row, and parses its rows. */

import { type Period, weekEnding } from './period.ts'
import type { Cell, SheetRow } from './sheet.ts'
import { matchKey, splitOriginal, tidy } from './titles.ts'

/** Reports begin with a title and notes. A sheet without a header in this many rows is no report. */
export const HEADER_WITHIN_ROWS = 40
const MINUTES_PER_HOUR = 60
const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR
const TITLE_MAX_CHARACTERS = 1_000
/** Three months. The longest series so far has a fifth of it. */
const RUNTIME_MAX_MINUTES = 129_600
/** Far above any rank or number of weeks; a larger number is from another column. */
const RANK_MAX = 10_000
/** The hours of a billion accounts watching for half a year. */
const FIGURE_MAX = 5_000_000_000_000
/** A year outside of these is a typing error. */
const [YEAR_MIN, YEAR_MAX] = ['1900', '2199']
/** Day 0 of Excel's calendar, for dates since March 1900. */
const EXCEL_EPOCH_MS = Date.UTC(1899, 11, 30)
const DAY_MS = 86_400_000
/** 31 December 9999, the last day of Excel's calendar. */
const EXCEL_LAST_DAY = 2_958_465

export type Locale = 'en' | 'non-en'

export interface ReportRow {
  readonly kind: 'movie' | 'season'
  /** The English name. For a season it begins with the show's name, as published. */
  readonly title: string
  readonly originalTitle: string | null
  /** The show's name, if the report has a column for it. */
  readonly show: string | null
  readonly locale: Locale | null
  readonly releaseDate: string | null
  readonly availableGlobally: boolean | null
  readonly runtimeMinutes: number | null
  readonly period: Period
  readonly viewRank: number | null
  readonly hoursViewed: number
  readonly views: number | null
  readonly cumulativeWeeksInTop10: number | null
}

/** Parses one row, or throws `RowError` with the reason. */
export type RowReader = (cells: readonly Cell[]) => ReportRow

export class RowError extends Error {
  override readonly name = 'RowError'
}

type Kind = 'engagement' | 'weekly'

const HEADERS: Readonly<Record<Kind, readonly string[]>> = {
  engagement: ['title', 'hours viewed'],
  weekly: ['week', 'category', 'weekly rank', 'show title', 'season title', 'weekly hours viewed'],
}

type Columns = ReadonlyMap<string, number>

export interface Header {
  readonly kind: Kind
  readonly columns: Columns
}

/**
 * Parses a header row; undefined for any other. Column names are compared without case, underscores and
 * question marks.
 */
export function readHeader(row: SheetRow): Header | undefined {
  const columns = new Map<string, number>()
  for (const [at, cell] of row.cells.entries()) {
    if (typeof cell === 'string') columns.set(matchKey(cell.replaceAll('_', ' ')), at)
  }
  const kinds: Kind[] = ['weekly', 'engagement']
  const kind = kinds.find((candidate) => HEADERS[candidate].every((name) => columns.has(name)))
  return kind === undefined ? undefined : { kind, columns }
}

/** The parser for a sheet's rows. `half` is the half year of an engagement report. */
export function rowReader(
  header: Header,
  sheetName: string,
  period: Period | undefined,
): RowReader | undefined {
  const cell = (cells: readonly Cell[], name: string): Cell => {
    const at = header.columns.get(name)
    return at === undefined ? null : (cells[at] ?? null)
  }
  if (header.kind === 'weekly') return (cells) => weeklyRow((name) => cell(cells, name))
  const kind = kindOfSheet(sheetName)
  if (kind === undefined || period === undefined) return undefined
  return (cells) => engagementRow((name) => cell(cells, name), kind, period)
}

type Reader = (name: string) => Cell

export function kindOfSheet(name: string): ReportRow['kind'] | undefined {
  if (/^(?:films?|movies?)$/i.test(tidy(name))) return 'movie'
  return /^(?:tv|shows?|series)$/i.test(tidy(name)) ? 'season' : undefined
}

function engagementRow(cell: Reader, kind: ReportRow['kind'], period: Period): ReportRow {
  const { title, originalTitle } = splitOriginal(text(cell('title'), 'title'))
  const runtime = cell('runtime')
  const globally = optionalText(cell('available globally'))?.toLowerCase()
  return {
    kind,
    title: named(title),
    originalTitle,
    show: null,
    locale: null,
    releaseDate: optionalDate(cell('release date'), 'release date'),
    availableGlobally: globally === undefined ? null : globally === 'yes',
    runtimeMinutes:
      typeof runtime === 'number' ? minutes(runtime * MINUTES_PER_DAY) : clock(optionalText(runtime)),
    period,
    viewRank: null,
    hoursViewed: count(cell('hours viewed'), 'hours viewed'),
    views: optionalCount(cell('views'), 'views'),
    cumulativeWeeksInTop10: null,
  }
}

function weeklyRow(cell: Reader): ReportRow {
  const category = text(cell('category'), 'category')
  const parsed = /^(films?|tv)\s*\((english|non-english)\)$/i.exec(tidy(category))
  if (parsed === null) throw new RowError(`the category "${category.slice(0, 40)}" is unknown`)
  const isFilm = parsed[1]?.toLowerCase() !== 'tv'
  const show = named(tidy(text(cell('show title'), 'show title')))
  const season = optionalText(cell('season title'))
  const runtime = cell('runtime')
  return {
    kind: isFilm ? 'movie' : 'season',
    title: isFilm || season === undefined ? show : named(season),
    originalTitle: null,
    show: isFilm ? null : show,
    locale: parsed[2]?.toLowerCase() === 'english' ? 'en' : 'non-en',
    releaseDate: null,
    availableGlobally: null,
    runtimeMinutes:
      typeof runtime === 'number' ? minutes(runtime * MINUTES_PER_HOUR) : clock(optionalText(runtime)),
    period: weekEnding(date(cell('week'), 'week')),
    viewRank: count(cell('weekly rank'), 'weekly rank', RANK_MAX),
    hoursViewed: count(cell('weekly hours viewed'), 'weekly hours viewed'),
    views: optionalCount(cell('weekly views'), 'weekly views'),
    cumulativeWeeksInTop10: optionalCount(
      cell('cumulative weeks in top 10'),
      'cumulative weeks in top 10',
      RANK_MAX,
    ),
  }
}

function named(title: string): string {
  if (title === '') throw new RowError('it has no title')
  if (title.length > TITLE_MAX_CHARACTERS) throw new RowError('its title is longer than 1,000 characters')
  return title
}

function text(cell: Cell, name: string): string {
  if (cell === null || tidy(String(cell)) === '') throw new RowError(`it has no ${name}`)
  return String(cell)
}

/** The reports write a missing value as an empty cell, `*` or `N/A`. */
function optionalText(cell: Cell): string | undefined {
  const value = cell === null ? '' : tidy(String(cell))
  return value === '' || value === '*' || value === 'N/A' ? undefined : value
}

function count(cell: Cell, name: string, most = FIGURE_MAX): number {
  const value = optionalCount(cell, name, most)
  if (value === null) throw new RowError(`it has no ${name}`)
  return value
}

function optionalCount(cell: Cell, name: string, most = FIGURE_MAX): number | null {
  const value = optionalText(cell)
  if (value === undefined) return null
  const number = Number(value.replaceAll(',', ''))
  if (Number.isSafeInteger(number) && number >= 0 && number <= most) return number
  throw new RowError(`its ${name} "${value.slice(0, 40)}" is not a whole number from 0 to ${most}`)
}

function date(cell: Cell, name: string): string {
  const value = optionalDate(cell, name)
  if (value === null) throw new RowError(`it has no ${name}`)
  return value
}

function optionalDate(cell: Cell, name: string): string | null {
  const value = optionalText(cell)
  if (value === undefined) return null
  const iso = typeof cell === 'number' ? excelDay(cell) : value
  const day = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? new Date(`${iso}T00:00:00Z`) : undefined
  const stands =
    day !== undefined &&
    !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(iso) &&
    iso >= YEAR_MIN &&
    iso.slice(0, 4) <= YEAR_MAX
  if (!stands) throw new RowError(`its ${name} "${value.slice(0, 40)}" is not a date (YYYY-MM-DD)`)
  return iso
}

/** The ISO date of Excel's serial number, or the number itself if the calendar has no such day. */
function excelDay(serial: number): string {
  if (!(serial >= 1 && serial <= EXCEL_LAST_DAY)) return String(serial)
  return new Date(EXCEL_EPOCH_MS + Math.floor(serial) * DAY_MS).toISOString().slice(0, 10)
}

/** `6:25` is hours and minutes. */
function clock(value: string | undefined): number | null {
  if (value === undefined) return null
  const parts = /^(\d{1,4}):(\d{2})(?::\d{2})?$/.exec(value)
  if (parts === null) throw new RowError(`its runtime "${value.slice(0, 40)}" is not hours and minutes`)
  return minutes(Number(parts[1]) * MINUTES_PER_HOUR + Number(parts[2]))
}

/** Zero means unknown in the reports. An implausible runtime is unknown too. */
function minutes(value: number): number | null {
  const whole = Math.round(value)
  return whole > 0 && whole <= RUNTIME_MAX_MINUTES ? whole : null
}
