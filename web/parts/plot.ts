/** Draws a plot with uPlot, in the colours of the page. */

import UPlot from 'uplot'
import type { Plot } from './chart-data.ts'

const AXIS_FONT = '12px system-ui, sans-serif'
/** Of the axis' font, in pixels. */
const CHARACTER_WIDTH = 6.6
/** Categories beyond this many are written at an angle. */
const MOST_LEVEL_LABELS = 8
const LABEL_CHARACTERS = 16
const ROTATED_AXIS_PX = 92
/** Points of a line that are few enough to be drawn as dots too. */
const MOST_DOTS = 60

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 2 })
const plain = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 })
/** Numbers from here on are shortened on an axis. */
const LONG_NUMBER = 100_000

/** A chart in an element. The caller destroys it. */
export function draw(element: HTMLElement, plot: Plot, width: number, height: number): UPlot {
  const colour = coloursOf(element)
  const options: UPlot.Options = {
    width,
    height,
    // Times without a zone were read as UTC, and are drawn as they are written.
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    scales: {
      x: xScale(plot),
      ...(plot.kind !== 'scatter' && plot.kind !== 'line' && { y: { range: fromZero } }),
    },
    axes: [xAxis(plot, colour), yAxis(colour)],
    series: [
      { label: plot.xName, ...(plot.labels && { value: (_, at) => plot.labels?.[at] ?? '' }) },
      ...seriesOf(plot, colour),
    ],
    cursor: { drag: { x: plot.labels === undefined, y: false } },
    legend: { live: true },
  }
  const data = [plot.xs, ...plot.series.map(({ ys }) => ys)]
  // uPlot's type wants mutable arrays; it reads them only.
  return new UPlot(options, data as UPlot.AlignedData, element)
}

/** Colours of style sheets as a canvas takes them: worked out, without variables. */
function coloursOf(element: HTMLElement): Colour {
  const probe = element.appendChild(document.createElement('i'))
  return (name) => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
}

function xScale({ labels, isTime, xs }: Plot): UPlot.Scale {
  if (labels === undefined) return { time: isTime }
  return { time: false, range: [-0.5, xs.length - 0.5] }
}

/** Bars begin at zero, or their lengths would mean nothing. */
const fromZero: UPlot.Range.Function = (_, least, most) => {
  const [low, high] = [Math.min(0, least ?? 0), Math.max(0, most ?? 0)]
  const room = (high - low || 1) * 0.05
  return [low < 0 ? low - room : 0, high > 0 ? high + room : 0]
}

type Colour = (name: string) => string

function axis(colour: Colour): UPlot.Axis {
  const line = colour('--rg-line')
  return {
    font: AXIS_FONT,
    stroke: colour('--rg-muted'),
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 5 },
  }
}

function xAxis({ labels, isTime }: Plot, colour: Colour): UPlot.Axis {
  if (labels === undefined) {
    return {
      ...axis(colour),
      ...(!isTime && { values: (_: UPlot, splits: number[]) => splits.map(numberText) }),
    }
  }
  const isLevel = labels.length <= MOST_LEVEL_LABELS
  const text = (at: number) => {
    const label = labels[at] ?? ''
    return label.length > LABEL_CHARACTERS ? `${label.slice(0, LABEL_CHARACTERS - 1)}…` : label
  }
  return {
    ...axis(colour),
    grid: { show: false },
    splits: () => labels.map((_, at) => at),
    values: (_, splits) => splits.map(text),
    ...(!isLevel && { rotate: -45, size: ROTATED_AXIS_PX }),
  }
}

function yAxis(colour: Colour): UPlot.Axis {
  return {
    ...axis(colour),
    values: (_, splits) => splits.map(numberText),
    size: (_, values) => 18 + CHARACTER_WIDTH * Math.max(3, ...(values ?? []).map((value) => value.length)),
  }
}

function numberText(value: number): string {
  return (Math.abs(value) >= LONG_NUMBER ? compact : plain).format(value)
}

function seriesOf({ kind, series, xs }: Plot, colour: Colour): UPlot.Series[] {
  return series.map(({ name }, at) => {
    const stroke = colour(`--rg-series-${at + 1}`)
    const common = {
      label: name,
      stroke,
      value: (_: UPlot, value: number | null) => (value === null ? '' : plain.format(value)),
    }
    switch (kind) {
      case 'line':
        return {
          ...common,
          width: 2,
          spanGaps: true,
          points: { show: xs.length <= MOST_DOTS, size: 6, fill: stroke },
        }
      case 'scatter':
        return { ...common, paths: () => null, points: { show: true, size: 6, fill: `${stroke}`, width: 0 } }
      case 'bar':
      case 'histogram': {
        const bars = UPlot.paths.bars?.({ size: [kind === 'bar' ? 0.7 : 0.96, 64], radius: 0.08 })
        return { ...common, width: 0, fill: stroke, points: { show: false }, ...(bars && { paths: bars }) }
      }
      default:
        return kind satisfies never
    }
  })
}
