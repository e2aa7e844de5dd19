/** The chart beside a grid: proposed from the columns, and changed by hand. Its numbers are also a table. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Table } from './answer.ts'
import { visible } from './cell-text.ts'
import {
  CHART_KINDS,
  type Chart,
  type ChartKind,
  categories,
  chartAs,
  columnsAcross,
  numbersOf,
  possibleKinds,
  proposedChart,
} from './chart-choice.ts'
import { type Plot, plotOf, summaryOf } from './chart-data.ts'

const NAMES: Readonly<Record<ChartKind, string>> = {
  line: 'Line',
  bar: 'Bar',
  scatter: 'Scatter',
  histogram: 'Histogram',
}
/** Of the table that says the same as the chart. */
const MOST_ROWS = 60
const HEIGHT = 320
const LEAST_WIDTH = 200

export function ChartView({ table }: { table: Table }) {
  const [chosen, choose] = useState<Chart>()
  // A choice holds for more rows of the same columns.
  useEffect(() => choose(undefined), [table.columns])
  const chart = useMemo(() => chosen ?? fallback(table), [chosen, table])
  const plot = useMemo(() => chart && plotOf(table, chart), [chart, table])
  if (chart === undefined || plot === undefined) {
    return <p class="rg-note">A chart needs a column of numbers, and these rows have none.</p>
  }
  return (
    <figure class="rg-chart">
      <Choices table={table} chart={chart} onChoose={choose} />
      <Canvas plot={plot} />
      <figcaption class="rg-note">
        <bdi>{summaryOf(plot)}</bdi>.
      </figcaption>
      <Numbers plot={plot} />
    </figure>
  )
}

/** Charts that can be drawn, where none suits well enough to be proposed. */
function fallback(table: Table): Chart | undefined {
  const proposed = proposedChart(table)
  if (proposed !== undefined) return proposed
  const [x] = numbersOf(table.columns)
  return x === undefined || table.rows.length === 0
    ? undefined
    : { kind: 'histogram', x, y: [], by: undefined }
}

interface ChoicesProps {
  readonly table: Table
  readonly chart: Chart
  onChoose(chart: Chart): void
}

function Choices({ table, chart, onChoose }: ChoicesProps) {
  const numbers = numbersOf(table.columns)
  const split = categories(table).filter((column) => column !== chart.x)
  const all = numbers.filter((column) => column !== chart.x).slice(0, 8)
  const hasSeries = chart.kind === 'line' || chart.kind === 'scatter'
  const setY = (value: string) =>
    onChoose({ ...chart, ...(value === 'all' ? { y: all, by: undefined } : { y: [Number(value)] }) })
  return (
    <div class="rg-choices">
      <Choice
        label="Chart"
        value={chart.kind}
        options={CHART_KINDS.filter((kind) => possibleKinds(table).includes(kind)).map((kind) => [
          kind,
          NAMES[kind],
        ])}
        onChange={(kind) => onChoose(chartAs(table, kind as ChartKind, chart))}
      />
      <Choice
        label={chart.kind === 'histogram' ? 'Of' : 'Across'}
        value={String(chart.x)}
        options={columnsAcross(table, chart.kind).map((column) => option(table, column))}
        onChange={(x) =>
          onChoose({ ...chart, x: Number(x), by: chart.by === Number(x) ? undefined : chart.by })
        }
      />
      {chart.kind === 'histogram' ? null : (
        <Choice
          label="Up"
          value={chart.y.length > 1 ? 'all' : String(chart.y[0] ?? '')}
          options={[
            ...numbers.map((column) => option(table, column)),
            ...(hasSeries && all.length > 1 ? [['all', `${all.length} columns`] as const] : []),
          ]}
          onChange={setY}
        />
      )}
      {hasSeries && split.length > 0 ? (
        <Choice
          label="Colour by"
          value={String(chart.by ?? '')}
          options={[['', 'nothing'], ...split.map((column) => option(table, column))]}
          onChange={(by) =>
            onChoose({ ...chart, y: chart.y.slice(0, 1), by: by === '' ? undefined : Number(by) })
          }
        />
      ) : null}
    </div>
  )
}

function option({ columns }: Table, column: number): readonly [string, string] {
  return [String(column), visible(columns[column]?.name ?? '')]
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, label: string])[]
  onChange(value: string): void
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label class="rg-choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name} selected={name === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

function Canvas({ plot }: { plot: Plot }) {
  const place = useRef<HTMLDivElement>(null)
  const theme = useThemeChanges()
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const widthOf = () => Math.max(LEAST_WIDTH, element.clientWidth)
    let drawn: { setSize(size: { width: number; height: number }): void; destroy(): void } | undefined
    let isGone = false
    const observer = new ResizeObserver(() => drawn?.setSize({ width: widthOf(), height: HEIGHT }))
    // Loaded when a chart is first shown.
    void import('./plot.ts').then(({ draw }) => {
      if (isGone) return
      drawn = draw(element, plot, widthOf(), HEIGHT)
      observer.observe(element)
    })
    return () => {
      isGone = true
      observer.disconnect()
      drawn?.destroy()
    }
  }, [plot, theme])
  return <div ref={place} class="rg-canvas" role="img" aria-label={summaryOf(plot)} />
}

/** Counts the changes of theme: the system's, and those that the page makes on its root element. */
function useThemeChanges(): number {
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const count = () => setChanges((last) => last + 1)
    const system = matchMedia('(prefers-color-scheme: dark)')
    const observer = new MutationObserver(count)
    system.addEventListener('change', count)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'style'] })
    return () => {
      system.removeEventListener('change', count)
      observer.disconnect()
    }
  }, [])
  return changes
}

function Numbers({ plot: { xs, labels, isTime, xName, series } }: { plot: Plot }) {
  const nameOf = (x: number, at: number) =>
    labels?.[at] ?? (isTime ? new Date(x * 1_000).toISOString() : String(x))
  return (
    <details class="rg-numbers">
      <summary>The chart's numbers as a table</summary>
      <table>
        <thead>
          <tr>
            {[xName, ...series.map(({ name }) => name)].map((name) => (
              <th key={name} scope="col">
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {xs.slice(0, MOST_ROWS).map((x, at) => (
            <tr key={at}>
              <th scope="row">
                <bdi>{nameOf(x, at)}</bdi>
              </th>
              {series.map(({ name, ys }) => (
                <td key={name}>{ys[at] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {xs.length > MOST_ROWS ? (
        <p class="rg-note">
          The first {MOST_ROWS} of {xs.length}.
        </p>
      ) : null}
    </details>
  )
}
