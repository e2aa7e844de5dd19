/** A plan as a picture: the step that answers above, those that feed it below. The same as a list. */

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { shownText } from '../../../parts/cell-text.ts'
import { ScrollArea } from '../../shell/parts.tsx'
import { allSteps, type DrawnStep, drawnPlan, type QueryPlan, sentenceOf, summaryOf } from './plan.ts'

/** Sizes in pixels. */
const [BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y, MARGIN] = [190, 62, 18, 30, 2]
const PADDING = 10
/** What fits into a box. */
const MOST_CHARACTERS = 25
/** Shades by a step's part of the time. */
const SHADES = 4

export function PlanView({ plan }: { readonly plan: QueryPlan }): JSX.Element {
  const drawn = useMemo(() => drawnPlan(plan), [plan])
  const summary = summaryOf(plan, drawn)
  const width = drawn.width * (BOX_WIDTH + GAP_X) - GAP_X + 2 * MARGIN
  const height = drawn.height * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN
  const steps = allSteps(drawn.root)
  return (
    <figure class="plan">
      <ScrollArea class="plan-picture" label="Picture of the plan">
        <svg
          role="img"
          aria-label={`${summary}. The list below says the same.`}
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
        >
          {steps.flatMap((step) =>
            step.steps.map((inner) => <Line key={inner.key} above={step} below={inner} />),
          )}
          {steps.map((step) => (
            <Box key={step.key} step={step} />
          ))}
        </svg>
      </ScrollArea>
      <figcaption class="note">{summary}.</figcaption>
      <details open>
        <summary>The plan as a list</summary>
        <ul class="plan-list">
          <Item step={drawn.root} />
        </ul>
      </details>
    </figure>
  )
}

function left({ x }: DrawnStep): number {
  return MARGIN + (x - 0.5) * (BOX_WIDTH + GAP_X)
}

function top({ y }: DrawnStep): number {
  return MARGIN + y * (BOX_HEIGHT + GAP_Y)
}

function Line({ above, below }: { readonly above: DrawnStep; readonly below: DrawnStep }): JSX.Element {
  const [fromX, fromY] = [left(below) + BOX_WIDTH / 2, top(below)]
  const [toX, toY] = [left(above) + BOX_WIDTH / 2, top(above) + BOX_HEIGHT]
  const middle = (fromY + toY) / 2
  return <path d={`M${fromX} ${fromY}C${fromX} ${middle} ${toX} ${middle} ${toX} ${toY}`} />
}

function Box({ step }: { readonly step: DrawnStep }): JSX.Element {
  const [x, y] = [left(step), top(step)]
  const shade = step.share === undefined ? 0 : Math.ceil(step.share * SHADES)
  const lines = [step.title, step.of ?? '', step.measured ?? '']
  return (
    <g>
      <title>{sentenceOf(step)}</title>
      <rect class={`shade-${shade}`} x={x} y={y} width={BOX_WIDTH} height={BOX_HEIGHT} rx="7" />
      {lines.map((line, at) => (
        <text key={at} class={`plan-text-${at}`} x={x + PADDING} y={y + 19 + at * 17}>
          {shownText(line, MOST_CHARACTERS)}
        </text>
      ))}
    </g>
  )
}

function Item({ step }: { readonly step: DrawnStep }): JSX.Element {
  return (
    <li>
      <bdi>{sentenceOf(step)}</bdi>
      {step.steps.length > 0 && (
        <ul>
          {step.steps.map((inner) => (
            <Item key={inner.key} step={inner} />
          ))}
        </ul>
      )}
    </li>
  )
}
