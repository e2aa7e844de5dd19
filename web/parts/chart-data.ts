/** The numbers that a chart draws: summed by category, split into series, binned, and thinned out. */

import type { Json, Table } from './answer.ts'
import { shownText } from './cell-text.ts'
import { type Chart, MOST_SERIES } from './chart-choice.ts'
import { timeOf } from './kind.ts'
import { numberOf } from './sort.ts'

export interface Series {
  readonly name: string
  /** One for each of `xs`; null where there is none. */
  readonly ys: readonly (number | null)[]
}

export interface Plot {
  readonly kind: Chart['kind']
  readonly xName: string
  /** Seconds since 1970 for times, positions for categories, the lower ends of bins. */
  readonly xs: readonly number[]
  /** Of categories and bins. */
  readonly labels: readonly string[] | undefined
  readonly isTime: boolean
  readonly series: readonly Series[]
  /** Rows that were left out or put together, in words. */
  readonly notes: readonly string[]
}

const MOST_BARS = 40
const MOST_BINS = 40
/** Points of a line or scatter: more than a screen has columns of pixels. */
const MOST_POINTS = 4_000
const LABEL_CHARACTERS = 40

export function plotOf(table: Table, chart: Chart): Plot {
  switch (chart.kind) {
    case 'histogram':
      return histogram(table, chart)
    case 'bar':
      return bars(table, chart)
    case 'line':
    case 'scatter':
      return points(table, chart)
  }
}

function nameOf({ columns }: Table, column: number): string {
  return shownText(columns[column]?.name ?? '', LABEL_CHARACTERS)
}

function finite(value: Json | undefined): number | null {
  if (value === null || value === undefined || value === '') return null
  const number = numberOf(value)
  return Number.isFinite(number) ? number : null
}

/** One bar for each value, of the sums of its rows, in the order in which the values come. */
function bars(table: Table, { x, y }: Chart): Plot {
  const groups = new Map<string, number[]>()
  let counted = 0
  for (const row of table.rows) {
    const label = shownText(row[x] ?? null, LABEL_CHARACTERS)
    const sums = groups.get(label) ?? y.map(() => 0)
    y.forEach((column, at) => {
      sums[at] = (sums[at] ?? 0) + (finite(row[column]) ?? 0)
    })
    groups.set(label, sums)
    counted += 1
  }
  const all = [...groups]
  const kept = all.slice(0, MOST_BARS)
  return {
    kind: 'bar',
    xName: nameOf(table, x),
    xs: kept.map((_, at) => at),
    labels: kept.map(([label]) => label),
    isTime: false,
    series: y.map((column, at) => ({
      name: nameOf(table, column),
      ys: kept.map(([, sums]) => sums[at] ?? 0),
    })),
    notes: [
      ...(counted > all.length ? ['rows with the same value are summed'] : []),
      ...(all.length > kept.length ? [`the first ${MOST_BARS} of ${all.length} values`] : []),
    ],
  }
}

function histogram(table: Table, { x }: Chart): Plot {
  const values = table.rows.flatMap((row) => finite(row[x]) ?? [])
  const [least, most] = [values.reduce(lesser, Infinity), values.reduce(greater, -Infinity)]
  const width = binWidth(values.length, least, most)
  const start = Math.floor(least / width) * width
  const count = values.length === 0 ? 0 : Math.floor((most - start) / width) + 1
  const counts = Array<number>(count).fill(0)
  for (const value of values) {
    const bin = Math.min(count - 1, Math.floor((value - start) / width))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  const lower = counts.map((_, at) => rounded(start + at * width))
  const left = table.rows.length - values.length
  return {
    kind: 'histogram',
    xName: nameOf(table, x),
    xs: counts.map((_, at) => at),
    labels: lower.map((from) => `${from} to ${rounded(from + width)}`),
    isTime: false,
    series: [{ name: 'rows', ys: counts }],
    notes: left > 0 ? [`${left} rows without a number are left out`] : [],
  }
}

function lesser(one: number, other: number): number {
  return Math.min(one, other)
}

function greater(one: number, other: number): number {
  return Math.max(one, other)
}

/** Square root of the count, at a width that people count by: 1, 2 or 5 times a power of ten. */
function binWidth(count: number, least: number, most: number): number {
  if (!(most > least)) return 1
  const wished = (most - least) / Math.min(MOST_BINS, Math.max(5, Math.sqrt(count)))
  const power = 10 ** Math.floor(Math.log10(wished))
  const factor = [1, 2, 5, 10].find((step) => step * power >= wished) ?? 10
  return factor * power
}

function rounded(value: number): number {
  return Number(value.toPrecision(12))
}

interface Point {
  readonly x: number
  readonly series: string
  readonly y: number | null
}

function points(table: Table, chart: Chart): Plot {
  const isTime = table.columns[chart.x]?.kind === 'time'
  const xOf = (value: Json) => (isTime ? timeOf(String(value)) / 1_000 : finite(value))
  const found: Point[] = []
  const measured = chart.y.map((column) => ({ column, name: nameOf(table, column) }))
  for (const row of table.rows) {
    const x = xOf(row[chart.x] ?? null)
    if (x === null || !Number.isFinite(x)) continue
    for (const { column, name } of measured) {
      const series = chart.by === undefined ? name : shownText(row[chart.by] ?? null, LABEL_CHARACTERS)
      found.push({ x, series, y: finite(row[column]) })
    }
  }
  const names = [...new Set(found.map(({ series }) => series))]
  const kept = names.slice(0, MOST_SERIES)
  const { xs, columns } = aligned(found, kept)
  const thinned = thin(xs, columns)
  return {
    kind: chart.kind,
    xName: nameOf(table, chart.x),
    xs: thinned.xs,
    labels: undefined,
    isTime,
    series: kept.map((name, at) => ({ name, ys: thinned.columns[at] ?? [] })),
    notes: [
      ...(names.length > kept.length ? [`the first ${MOST_SERIES} of ${names.length} series`] : []),
      ...(thinned.xs.length < xs.length
        ? [`${thinned.xs.length} of ${xs.length} points, with each stretch's highest and lowest`]
        : []),
    ],
  }
}

/** Points as columns over one ascending x. Points of one series with the same x take a place each. */
function aligned(found: readonly Point[], names: readonly string[]) {
  const indexOf = new Map(names.map((name, at) => [name, at]))
  const ordered = found.filter(({ series }) => indexOf.has(series)).sort((one, other) => one.x - other.x)
  const xs: number[] = []
  const columns: (number | null)[][] = names.map(() => [])
  let free = new Set<number>()
  for (const { x, series, y } of ordered) {
    const at = indexOf.get(series) ?? 0
    if (xs.at(-1) !== x || free.has(at)) {
      xs.push(x)
      free = new Set()
      for (const column of columns) column.push(null)
    }
    free.add(at)
    const column = columns[at]
    if (column !== undefined) column[xs.length - 1] = y
  }
  return { xs, columns }
}

/** Keeps of each stretch of places the ends, and the highest and lowest of each series. */
function thin(xs: readonly number[], columns: readonly (readonly (number | null)[])[]) {
  if (xs.length <= MOST_POINTS) return { xs, columns }
  const stretch = Math.ceil((xs.length * 2 * Math.max(1, columns.length)) / MOST_POINTS)
  const kept = new Set<number>([0, xs.length - 1])
  for (let start = 0; start < xs.length; start += stretch) {
    for (const column of columns) for (const at of extremes(column, start, start + stretch)) kept.add(at)
  }
  const order = [...kept].sort((one, other) => one - other)
  return {
    xs: order.map((at) => xs[at] ?? 0),
    columns: columns.map((column) => order.map((at) => column[at] ?? null)),
  }
}

function extremes(column: readonly (number | null)[], start: number, end: number): number[] {
  let [low, high] = [-1, -1]
  for (let at = start; at < Math.min(end, column.length); at += 1) {
    const value = column[at] ?? null
    if (value === null) continue
    if (low === -1 || value < (column[low] ?? 0)) low = at
    if (high === -1 || value > (column[high] ?? 0)) high = at
  }
  return low === -1 ? [] : [low, high]
}

/** The chart in words, for those who do not see it. */
export function summaryOf({ kind, xName, series, xs, labels, notes, isTime }: Plot): string {
  const what = { line: 'Line chart', bar: 'Bar chart', scatter: 'Scatter chart', histogram: 'Histogram' }[
    kind
  ]
  const subject = kind === 'histogram' ? xName : `${series.map(({ name }) => name).join(', ')} by ${xName}`
  const ends = [xs[0], xs.at(-1)].map((x, at) => {
    if (x === undefined) return ''
    if (labels !== undefined) return labels.at(at === 0 ? 0 : -1) ?? ''
    return isTime ? new Date(x * 1_000).toISOString().replace('T00:00:00.000Z', '') : String(x)
  })
  const ranges = series.slice(0, MOST_SERIES).map(({ name, ys }) => {
    const present = ys.filter((y) => y !== null)
    if (present.length === 0) return `${name} has no numbers`
    return `${name} from ${rounded(present.reduce(lesser, Infinity))} to ${rounded(present.reduce(greater, -Infinity))}`
  })
  const about = `${what} of ${subject}, ${xs.length} ${labels === undefined ? 'points' : 'bars'} from ${ends[0]} to ${ends[1]}`
  return [about, ...ranges, ...notes].join('; ')
}
