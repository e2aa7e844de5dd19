/**
 * Counts the rows that each caller would see of each table, and times the newest 20, by SELECT through the
 * conditions that the views will have. Bounded in rows and in time.
 */

import { type Owner, PostgresError } from '../../../local/postgres/backend.ts'
import { identifier } from '../../../local/postgres/literal.ts'
import type { CatalogueTable } from '../catalogue.ts'
import { quoted } from '../views/names.ts'
import type { Values } from '../views/values.ts'
import type { MeasuredCaller } from './callers.ts'

/** A table with the conditions of its view. */
export interface Measurable {
  /** As the file names it. */
  readonly named: string
  readonly table: CatalogueTable
  /** Of an alias `t`. None: every row. */
  conditions(values: Values): readonly string[]
  /** Columns that lists are ordered by, the highest first. */
  readonly newest: string | undefined
}

export interface RowsSeen {
  readonly named: string
  /**
   * In the callers' order; undefined where it could not be counted in time. `COUNT_MAX` means as many or
   * more.
   */
  readonly rows: readonly (number | undefined)[]
  readonly newest: NewestCost | undefined
}

/** The newest 20 of the tenant that sees most, in milliseconds. */
export interface NewestCost {
  readonly rows: number
  readonly views: number
  readonly policies: number
}

export const COUNT_MAX = 100_000
/** Below this neither way is slow. */
const SLOW_FROM_ROWS = 5_000
const NEWEST = 20
/** Of everything that is measured; tables that come later are not. */
const BUDGET_MS = 30_000

export async function measureRows(
  owner: Owner,
  tables: readonly Measurable[],
  callers: readonly { readonly caller: MeasuredCaller; readonly values: Values }[],
): Promise<RowsSeen[]> {
  const until = Date.now() + BUDGET_MS
  const seen: RowsSeen[] = []
  for (const each of tables) {
    const rows = Date.now() < until ? await countRows(owner, each, callers) : callers.map(() => undefined)
    const most = callers
      .map(({ values }, at) => ({ values, rows: rows[at] ?? 0 }))
      .toSorted((a, b) => b.rows - a.rows)[0]
    const newest =
      most !== undefined && most.rows >= SLOW_FROM_ROWS && Date.now() < until
        ? await costOfNewest(owner, each, most)
        : undefined
    seen.push({ named: each.named, rows, newest })
  }
  return seen
}

async function countRows(
  owner: Owner,
  { table, conditions }: Measurable,
  callers: readonly { readonly values: Values }[],
): Promise<(number | undefined)[]> {
  const counts = callers.map(
    ({ values }) =>
      `(select count(*) from (select from ${quoted(table)} as t ${whereOf(conditions(values))} limit ${COUNT_MAX}) s)`,
  )
  const row = await answer(owner, `select ${counts.join(', ')}`)
  return callers.map((_, at) => (row?.[at] === undefined || row[at] === null ? undefined : Number(row[at])))
}

/**
 * A barrier view is worked out before the order and the limit are applied, as a subquery with OFFSET 0 is;
 * row security under a plain view is as conditions in the statement itself.
 */
async function costOfNewest(
  owner: Owner,
  { table, conditions, newest }: Measurable,
  { values, rows }: { readonly values: Values; readonly rows: number },
): Promise<NewestCost | undefined> {
  if (newest === undefined) return undefined
  const order = `order by ${identifier(newest)} desc limit ${NEWEST}`
  const rest = `from ${quoted(table)} as t ${whereOf(conditions(values))}`
  const views = await millisecondsOf(owner, `select v.* from (select t.* ${rest} offset 0) v ${order}`)
  const policies = await millisecondsOf(owner, `select t.* ${rest} ${order}`)
  return views === undefined || policies === undefined ? undefined : { rows, views, policies }
}

/**
 * By Postgres' own clock, so that the way there does not count. The second run, with what the first has read.
 */
async function millisecondsOf(owner: Owner, select: string): Promise<number | undefined> {
  const timed = `select extract(epoch from clock_timestamp() - statement_timestamp()) * 1000 from (select count(s.*) from (${select}) s) c`
  await answer(owner, timed)
  const row = await answer(owner, timed)
  return row?.[0] === undefined || row[0] === null ? undefined : Math.round(Number(row[0]) * 100) / 100
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
}

/** Undefined where it takes too long or may not be read. */
async function answer(owner: Owner, sql: string): Promise<readonly (string | null)[] | undefined> {
  try {
    return (await owner(sql)).rows[0]
  } catch (error) {
    if (error instanceof PostgresError) return undefined
    throw error
  }
}
