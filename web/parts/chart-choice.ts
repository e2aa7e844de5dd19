/** Chooses a table's chart: proposed from its columns, and the changes that a person may make. */

import type { Column, Table } from './answer.ts'

export const CHART_KINDS = ['line', 'bar', 'scatter', 'histogram'] as const
export type ChartKind = (typeof CHART_KINDS)[number]

export interface Chart {
  readonly kind: ChartKind
  /** Column across: time, category or number. A histogram's is what it counts. */
  readonly x: number
  /** Columns upwards; none for a histogram. */
  readonly y: readonly number[]
  /** A line or point colour for each value of this column. */
  readonly by: number | undefined
}

/** Colours that are told apart. */
export const MOST_SERIES = 8
/** Values of a column that splits a chart into series, or makes its bars. */
const MOST_CATEGORIES = 40
/** A key says which row it is, not how much. */
const KEY = /(?:^|_)(?:id|key|uuid|code|year|zip|postcode|phone)$|[a-z]Id$/i

/** The chart that suits the columns; undefined where there is no number to draw. */
export function proposedChart(table: Table): Chart | undefined {
  const { columns, rows } = table
  if (rows.length === 0) return undefined
  const numbers = measures(columns)
  const [first, second] = numbers
  if (first === undefined) return undefined
  const time = columns.findIndex(({ kind }) => kind === 'time')
  const category = categories(table).at(0)
  const isRepeated = (column: number) => distinct(table, column) < rows.length
  if (time !== -1) {
    const by =
      category !== undefined && isRepeated(time) && distinct(table, category) <= MOST_SERIES
        ? category
        : undefined
    return { kind: 'line', x: time, y: by === undefined ? alike(table, numbers) : [first], by }
  }
  if (category !== undefined) return { kind: 'bar', x: category, y: [first], by: undefined }
  if (second !== undefined) return { kind: 'scatter', x: first, y: [second], by: undefined }
  return { kind: 'histogram', x: first, y: [], by: undefined }
}

/** The same columns as far as they fit another kind of chart. */
export function chartAs(table: Table, kind: ChartKind, from: Chart): Chart {
  const across = columnsAcross(table, kind)
  const x = across.includes(from.x) ? from.x : (across[0] ?? from.x)
  if (kind === 'histogram') {
    const measured = from.y[0] ?? from.x
    return { kind, x: across.includes(measured) ? measured : x, y: [], by: undefined }
  }
  const numbers = measures(table.columns)
  const drawn = from.kind === 'histogram' ? [from.x] : from.y
  const others = drawn.filter((column) => column !== x)
  const y = others.length > 0 ? others : numbers.filter((column) => column !== x).slice(0, 1)
  const some = y.length > 0 ? y : numbers.slice(0, 1)
  // Bars of several columns would stand in each other's way.
  return kind === 'bar' ? { kind, x, y: some.slice(0, 1), by: undefined } : { kind, x, y: some, by: from.by }
}

/** Kinds for which the table has columns. */
export function possibleKinds(table: Table): ChartKind[] {
  if (table.rows.length === 0 || numbersOf(table.columns).length === 0) return []
  return CHART_KINDS.filter((kind) => columnsAcross(table, kind).length > 0)
}

export function columnsAcross({ columns }: Table, kind: ChartKind): number[] {
  return columns.flatMap((column, at) => (isAcross(column, kind) ? [at] : []))
}

function isAcross({ kind }: Column, chart: ChartKind): boolean {
  if (chart === 'histogram') return kind === 'number'
  if (chart === 'bar') return kind !== 'json'
  return kind === 'number' || kind === 'time'
}

export function numbersOf(columns: readonly Column[]): number[] {
  return columns.flatMap(({ kind }, at) => (kind === 'number' ? [at] : []))
}

/** Columns with few values, of which several rows have the same or each row its own. */
export function categories(table: Table): number[] {
  return table.columns.flatMap(({ kind }, at) => {
    if (kind !== 'text' && kind !== 'boolean') return []
    return distinct(table, at) <= MOST_CATEGORIES ? [at] : []
  })
}

/** Numbers that say how much, or all where each looks like a key. */
function measures(columns: readonly Column[]): number[] {
  const numbers = numbersOf(columns)
  const amounts = numbers.filter((at) => !KEY.test(columns[at]?.name ?? ''))
  return amounts.length > 0 ? amounts : numbers
}

/** The first number, and those whose sizes can be read off the same axis. */
function alike({ rows }: Table, numbers: readonly number[]): number[] {
  const sizeOf = (column: number) =>
    Math.max(0, ...rows.slice(0, 1_000).map((row) => Math.abs(Number(row[column] ?? 0)) || 0))
  const first = sizeOf(numbers[0] ?? 0)
  const isAlike = (column: number) => sizeOf(column) <= 20 * first && first <= 20 * sizeOf(column)
  return numbers.filter((column, at) => at === 0 || isAlike(column)).slice(0, MOST_SERIES)
}

/** Counts up to one more than any limit asks. */
function distinct({ rows }: Table, column: number): number {
  const values = new Set<unknown>()
  for (const row of rows) values.add(row[column])
  return values.size
}
