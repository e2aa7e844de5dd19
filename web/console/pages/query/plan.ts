/** A plan of `explain_query` as a tree that is drawn: where each step stands, and what it says. */

import { visible } from '../../../parts/cell-text.ts'

/** The answer of `explain_query`. A step's fields are Postgres' own names in lower case. */
export interface QueryPlan {
  readonly total_cost?: number
  readonly execution_ms?: number
  readonly plan: PlanStep
}

export interface PlanStep {
  readonly steps?: readonly PlanStep[]
  readonly [field: string]: unknown
}

export interface DrawnStep {
  readonly key: string
  readonly title: string
  /** The table, index or function that it reads. */
  readonly of: string | undefined
  readonly measured: string | undefined
  /** Its own part of the time that the query took, from 0 to 1, where it was measured. */
  readonly share: number | undefined
  /** Middle of the top edge, in boxes from the left and in levels from above. */
  readonly x: number
  readonly y: number
  readonly steps: readonly DrawnStep[]
}

export interface DrawnPlan {
  readonly root: DrawnStep
  /** In boxes and levels. */
  readonly width: number
  readonly height: number
  readonly count: number
}

export function drawnPlan({ plan, execution_ms: total }: QueryPlan): DrawnPlan {
  let [leaves, height, count] = [0, 0, 0]
  const draw = (step: PlanStep, level: number, key: string): DrawnStep => {
    height = Math.max(height, level + 1)
    count += 1
    const steps = (step.steps ?? []).map((inner, at) => draw(inner, level + 1, `${key}.${at}`))
    const [first, last] = [steps[0], steps.at(-1)]
    // Above the middle of the steps that feed it.
    const x = first === undefined || last === undefined ? leaves++ + 0.5 : (first.x + last.x) / 2
    return { key, ...wordsOf(step), share: shareOf(step, total), x, y: level, steps }
  }
  const root = draw(plan, 0, '0')
  return { root, width: leaves, height, count }
}

export function allSteps(step: DrawnStep): readonly DrawnStep[] {
  return [step, ...step.steps.flatMap(allSteps)]
}

/** The whole plan in one sentence. */
export function summaryOf({ total_cost: cost, execution_ms: ms }: QueryPlan, { count }: DrawnPlan): string {
  const parts = [
    `${count} ${count === 1 ? 'step' : 'steps'}`,
    ...(cost === undefined ? [] : [`a cost of at most ${number.format(cost)} planner units`]),
    ...(ms === undefined ? [] : [`${number.format(ms)} ms`]),
  ]
  return `The plan: ${parts.join(', ')}`
}

/** One step in a sentence. */
export function sentenceOf({ title, of, measured, share }: DrawnStep): string {
  const percent = share === undefined ? undefined : `${Math.round(share * 100)} % of the time`
  return [of === undefined ? title : `${title} of ${of}`, measured, percent]
    .filter((part) => part !== undefined)
    .join(', ')
}

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 3 })

function wordsOf(step: PlanStep): Pick<DrawnStep, 'title' | 'of' | 'measured'> {
  const text = (field: string) => (typeof step[field] === 'string' ? visible(step[field]) : undefined)
  const [join, strategy] = [text('join_type'), text('strategy')]
  const kind = [join === 'Inner' ? undefined : join, strategy === 'Plain' ? undefined : strategy]
  const title = [text('node_type') ?? 'Step', ...kind].filter((part) => part !== undefined).join(' · ')
  const relation = text('table') ?? text('relation_name') ?? text('cte_name') ?? text('function_name')
  const index = text('index_name')
  return {
    title,
    of: [relation, index].filter((part) => part !== undefined).join(' by ') || undefined,
    measured: measuredOf(step),
  }
}

function measuredOf(step: PlanStep): string | undefined {
  const { actual_rows: rows, actual_loops: loops } = step
  if (typeof rows !== 'number') return undefined
  const times = typeof loops === 'number' && loops > 1 ? `, ${number.format(loops)} times` : ''
  const ms = msOf(step)
  return `${number.format(rows)} ${rows === 1 ? 'row' : 'rows'}${times}${ms === undefined ? '' : `, ${number.format(ms)} ms`}`
}

/** With the steps below it, in all its loops. */
function msOf({ actual_total_time: ms, actual_loops: loops }: PlanStep): number | undefined {
  return typeof ms === 'number' ? ms * (typeof loops === 'number' ? loops : 1) : undefined
}

function shareOf(step: PlanStep, total: number | undefined): number | undefined {
  const ms = msOf(step)
  if (ms === undefined || total === undefined || total === 0) return undefined
  const below = (step.steps ?? []).reduce((sum, inner) => sum + (msOf(inner) ?? 0), 0)
  return Math.min(1, Math.max(0, (ms - below) / total))
}
