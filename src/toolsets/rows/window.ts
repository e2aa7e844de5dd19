/** A time window that the file asks of each read of a large table. */

import { RowgateError } from '../../infra/errors.ts'
import type { Comparison, FindRows } from './schema.ts'
import type { Table } from './tables.ts'

const MS_PER_DAY = 86_400_000

const LOWER: readonly Comparison['op'][] = ['gt', 'gte', 'eq']
const UPPER: readonly Comparison['op'][] = ['lt', 'lte', 'eq']

/** Throws VALIDATION_ERROR for a list that reaches over more days. `now` in milliseconds. */
export function mustLieInWindow(
  { window }: Table,
  { filter, any }: Pick<FindRows, 'filter' | 'any'>,
  now: number,
): void {
  if (window === undefined) return
  const bounds = filter.filter(({ column }) => column === window.column)
  const from = Math.max(...timesOf(bounds, LOWER))
  // A bound in the future counts as now: no row lies behind it.
  const to = Math.min(now, ...timesOf(bounds, UPPER))
  if (!any && to - from <= window.days * MS_PER_DAY) return
  const { column, days } = window
  const message = `This table is read within ${days} days at a time: give \`filter\` a \`gte\` and a \`lt\` on \`${column}\` that lie no further apart${any ? ', without `any`' : ''}.`
  throw new RowgateError('VALIDATION_ERROR', message, { details: { fields: ['filter'] } })
}

function timesOf(bounds: readonly Comparison[], ops: readonly Comparison['op'][]): readonly number[] {
  return bounds
    .filter(({ op, value }) => ops.includes(op) && typeof value === 'string')
    .map(({ value }) => Date.parse(String(value)))
    .filter((time) => !Number.isNaN(time))
}
