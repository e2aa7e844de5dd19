/** `explain_query`: a query's plan, without what would reveal hidden rows. */

import * as z from 'zod'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { TableLock } from '../../infra/config/lock-file.ts'
import { acceptQuery, runCallerSql, type Wrapped } from '../../sql-guard/caller-sql.ts'
import { isPageable } from '../../sql-guard/pageable.ts'
import { runOrdered } from '../../sql-guard/query.ts'
import type { Access } from '../../sql-guard/rules/relations.ts'
import { MAX_ROWS } from '../../sql-guard/schema.ts'
import { inTotalOrder } from '../../sql-guard/total-order.ts'
import type { Json } from '../../sql-guard/values.ts'
import { LEAD, statementIn, wrap } from '../../sql-guard/wrap.ts'
import type { Explain, QueryPlan } from './schema.ts'

const FIRST_PAGE = { limit: MAX_ROWS, after: undefined }

const step = z.looseObject({ Plans: z.array(z.unknown()).optional() })
const explained = z.tuple([
  z.object({
    Plan: z.looseObject({ 'Total Cost': z.number() }),
    'Execution Time': z.number().optional(),
  }),
])

/**
 * Fields shown of each step. Three kinds are left out, because they would reveal hidden rows:
 * - conditions, which contain the policies' own
 * - `Rows Removed by Filter`, which counts rows hidden by row security
 * - the planner's estimates of rows and costs, which cover everybody's rows: 300 rows expected of one title
 *   and 19 of another reveal that somebody has the first
 */
const VISIBLE_FIELDS = [
  'Node Type',
  'Join Type',
  'Strategy',
  'Schema',
  'Relation Name',
  'Alias',
  'Index Name',
  'CTE Name',
  'Function Name',
  'Sort Key',
  'Group Key',
  'Actual Total Time',
  'Actual Rows',
  'Actual Loops',
] as const

/**
 * Explains a query as `query` would run it, with the sort key that completes its ORDER BY. Without ANALYZE no
 * table is read, and no cost is refused, since the cost is what the caller wants to know. The planner still
 * evaluates constants, within the timeout.
 * `views`: those that the caller sees, where tables are reached through views.
 */
export async function explainQuery(
  postgres: Postgres,
  input: Explain,
  access: Access,
  views?: readonly TableLock[],
): Promise<QueryPlan> {
  const { sql, analyze } = withoutExplain(input.sql)
  const accepted = await acceptQuery(sql, input.parameters, access)
  const { extent, newest, statement } = accepted
  const { query, before } = statementIn(sql, extent)
  const mode = input.analyze || analyze ? 'run' : 'expected'
  const run = (wrapped: Wrapped) =>
    runCallerSql(postgres, { query, before, parameters: input.parameters, access, newest }, wrapped, mode)
  const { answer } = isPageable(accepted)
    ? await runOrdered(run, query, await inTotalOrder(query, statement, extent.start), FIRST_PAGE)
    : { answer: await run({ text: wrap(sql, extent, { limit: MAX_ROWS }), lead: LEAD }) }
  const [{ Plan: plan, 'Execution Time': executionMs }] = explained.parse(
    JSON.parse(answer.rows[0]?.[0] ?? ''),
  )
  const time = executionMs !== undefined && { execution_ms: executionMs }
  if (views !== undefined) return { ...time, plan: planOfViews(plan, views) }
  return { total_cost: magnitudeOf(plan['Total Cost']), ...time, plan: visiblePlan(plan) }
}

/**
 * The next power of ten: precise enough to get a query below the cost limit, too coarse to count the rows in
 * a cost.
 */
function magnitudeOf(cost: number): number {
  return 10 ** Math.ceil(Math.log10(cost))
}

const EXPLAIN = /^\s*explain\b\s*(?:\(([^()]*)\)|((?:\s*\b(?:analyze|verbose)\b)*))/i

/** Blanks out a leading EXPLAIN, so that positions stay. Of its options only ANALYZE is honoured. */
function withoutExplain(sql: string): { sql: string; analyze: boolean } {
  const [written = '', inBrackets = '', bare = ''] = EXPLAIN.exec(sql) ?? []
  return {
    sql: ' '.repeat([...written].length) + sql.slice(written.length),
    analyze: /\banalyze\b(?!\s+(?:off|false|0))/i.test(inBrackets + bare),
  }
}

/**
 * Measurements are left out for steps whose counts would include rows hidden by row security: subplans (run
 * once per row that reaches them) and bitmap index scans (they read everybody's entries; the policy applies
 * one step above).
 */
const MEASURED = /^Actual /
const SUBPLAN = /^(InitPlan|SubPlan)$/

/** Recursion is bounded: plans nest as deep as the query, which the guard limits. */
function visiblePlan(value: unknown, isInSubplan = false): Json {
  const { Plans: inner = [], ...fields } = step.parse(value)
  const inSubplan = isInSubplan || SUBPLAN.test(String(fields['Parent Relationship']))
  const isHidden = inSubplan || fields['Node Type'] === 'Bitmap Index Scan'
  const known = VISIBLE_FIELDS.filter(
    (name) => fields[name] !== undefined && !(isHidden && MEASURED.test(name)),
  )
  const own = known.map((name) => [name.toLowerCase().replaceAll(' ', '_'), z.json().parse(fields[name])])
  return {
    ...Object.fromEntries(own),
    ...(inner.length > 0 && { steps: inner.map((part) => visiblePlan(part, inSubplan)) }),
  }
}

/**
 * Fields shown of a step where tables are reached through views: no number, since each may count or cost
 * hidden rows, and no condition, index or sort key, since the views' own name what they hide.
 */
const FIELDS_OF_VIEWS = ['Node Type', 'Join Type', 'Strategy', 'CTE Name'] as const

/** The table of a step is named by its view, where the caller sees exactly one of it. */
function planOfViews(value: unknown, views: readonly TableLock[]): Json {
  const { Plans: inner = [], ...fields } = step.parse(value)
  const known = FIELDS_OF_VIEWS.filter((name) => fields[name] !== undefined)
  const own = known.map((name) => [name.toLowerCase().replaceAll(' ', '_'), z.json().parse(fields[name])])
  const relation = fields['Relation Name']
  const [view, ...others] = views.filter(({ table }) => table.endsWith(`.${String(relation)}`))
  return {
    ...Object.fromEntries(own),
    ...(relation !== undefined && view !== undefined && others.length === 0 && { table: view.name }),
    ...(inner.length > 0 && { steps: inner.map((part) => planOfViews(part, views)) }),
  }
}
