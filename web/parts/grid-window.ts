/** Geometry of a grid: which rows and columns are in view, and how wide columns are. Pixels. */

import type { Table } from './answer.ts'
import { shownText } from './cell-text.ts'

export const ROW_HEIGHT = 30
export const HEAD_HEIGHT = 46
/** Room for the number of a row. */
export const GUTTER_WIDTH = 56

export const LEAST_WIDTH = 48
const MOST_WIDTH = 2_000
const MOST_FITTED_WIDTH = 420
/** Of the monospaced font of cells, about. */
const CHARACTER_WIDTH = 7.6
const PADDING = 26
/** For the type below a column's name, and the arrow of its order. */
const HEAD_EXTRA = 14
/** Rows that a column's width is fitted to. */
const FITTED_ROWS = 60
/** Rows and columns drawn beyond the view, so that scrolling shows no gap. */
const SPARE_ROWS = 8
const SPARE_COLUMNS = 2

export interface Place {
  readonly row: number
  readonly column: number
}

export interface Range {
  readonly first: number
  /** The one after the last. */
  readonly end: number
}

/** Widths that fit the names and the first rows. */
export function fittedWidths({ columns, rows }: Table): number[] {
  return columns.map(({ name, type }, at) => {
    const cells = rows.slice(0, FITTED_ROWS).map((row) => shownText(row[at] ?? null, 60).length)
    const widest = Math.max(...cells, type.length, 0) * CHARACTER_WIDTH
    const head = name.length * CHARACTER_WIDTH + HEAD_EXTRA
    return Math.round(Math.min(MOST_FITTED_WIDTH, Math.max(LEAST_WIDTH, widest, head) + PADDING))
  })
}

export function allowedWidth(width: number): number {
  return Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width)))
}

/** The left edge of each column, and at the end the right edge of the last. */
export function edgesOf(widths: readonly number[]): number[] {
  const edges = [GUTTER_WIDTH]
  for (const width of widths) edges.push((edges.at(-1) ?? 0) + width)
  return edges
}

export function rowsInView(top: number, height: number, count: number): Range {
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - SPARE_ROWS)
  return { first, end: Math.min(count, Math.ceil((top + height) / ROW_HEIGHT) + SPARE_ROWS) }
}

export function columnsInView(left: number, width: number, edges: readonly number[]): Range {
  const count = edges.length - 1
  let first = 0
  while (first < count && (edges[first + 1] ?? 0) < left) first += 1
  let end = first
  while (end < count && (edges[end] ?? 0) <= left + width) end += 1
  return { first: Math.max(0, first - SPARE_COLUMNS), end: Math.min(count, end + SPARE_COLUMNS) }
}

/** The positions of a range, with one more that has to be drawn though it is out of view. */
export function drawn({ first, end }: Range, pinned: number | undefined): number[] {
  const all = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at)
  if (pinned === undefined || pinned < 0 || (pinned >= first && pinned < end)) return all
  return pinned < first ? [pinned, ...all] : [...all, pinned]
}

/** The scroll offset at which a stretch lies between `near` and `far` of the view. */
export function scrollFor(from: number, to: number, near: number, far: number): number {
  if (from < near) return from - near
  if (to > far) return Math.min(from - near, to - far)
  return 0
}

export const HEAD_ROW = -1

/** The cell that a key leads to; undefined for a key that does not move. */
export function moved(
  from: Place,
  key: string,
  control: boolean,
  rows: number,
  columns: number,
  page: number,
) {
  const place = stepped(from, key, control, { row: rows - 1, column: columns - 1 }, page)
  if (place === undefined) return undefined
  return {
    row: Math.max(HEAD_ROW, Math.min(rows - 1, place.row)),
    column: Math.max(0, Math.min(columns - 1, place.column)),
  }
}

function stepped({ row, column }: Place, key: string, control: boolean, last: Place, page: number) {
  switch (key) {
    case 'ArrowDown':
      return { row: control ? last.row : row + 1, column }
    case 'ArrowUp':
      return { row: control ? Math.min(row, 0) : row - 1, column }
    case 'ArrowRight':
      return { row, column: control ? last.column : column + 1 }
    case 'ArrowLeft':
      return { row, column: control ? 0 : column - 1 }
    case 'PageDown':
      return { row: row + page, column }
    case 'PageUp':
      return { row: Math.max(0, row - page), column }
    case 'Home':
      return { row: control ? 0 : row, column: 0 }
    case 'End':
      return { row: control ? last.row : row, column: last.column }
    default:
      return undefined
  }
}

/** The rectangle between two cells. */
export interface Selection {
  readonly from: Place
  readonly to: Place
}

export function bounds({ from, to }: Selection): { readonly rows: Range; readonly columns: Range } {
  return { rows: between(from.row, to.row), columns: between(from.column, to.column) }
}

function between(one: number, other: number): Range {
  return { first: Math.max(0, Math.min(one, other)), end: Math.max(one, other) + 1 }
}
