/** Values that callers give for columns: held to the column's type before Postgres sees them. */

import type { ColumnLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { clip } from '../../infra/text.ts'
import type { Json } from '../../sql-guard/values.ts'
import { columnType, listOf } from './column-types.ts'

/** Labels of an enum that an error lists. */
const MOST_LABELS = 20

/** What one statement has been given: columns of a type whose values only Postgres can judge. */
export type Unchecked = Set<ColumnLock>

/** The value as Postgres reads it; null is null. */
export function written(column: ColumnLock, value: Json, unchecked: Unchecked): string | null {
  if (value === null) return null
  const type = columnType(column.type)
  const text = type.write(value)
  if (text === undefined) throw wrongValue(column)
  if (!type.checked) unchecked.add(column)
  return text
}

/** A list of values, as one array of Postgres'. */
export function writtenList(column: ColumnLock, value: Json, unchecked: Unchecked): string {
  const type = columnType(column.type)
  const text = Array.isArray(value) ? listOf(type, value) : undefined
  if (text === undefined) throw wrongValue(column, 'a list; each value must be ')
  if (!type.checked) unchecked.add(column)
  return text
}

export function wrongValue(column: ColumnLock, before = ''): RowgateError {
  const rule = `\`${clip(column.name)}\` (${column.type}): the value must be ${before}${ruleOf(column)}.`
  return new RowgateError('VALIDATION_ERROR', rule, { details: { fields: [column.name] } })
}

function ruleOf({ type, values = [] }: ColumnLock): string {
  if (values.length === 0) return columnType(type).is
  const labels = values.slice(0, MOST_LABELS).map((label) => `\`${clip(label)}\``)
  return `one of ${labels.join(', ')}${values.length > MOST_LABELS ? ' and others' : ''}`
}

/**
 * SQLSTATEs of a value that its type does not take. Of a composite type Postgres takes no parameter at all.
 */
const NO_VALUE = /^(?:22...|0A000)$/

/**
 * What Postgres refused, in words that name the columns whose values it alone can judge. Other errors stay as
 * they are.
 */
export function namingColumns(error: unknown, unchecked: Unchecked): unknown {
  if (!(error instanceof RowgateError) || !NO_VALUE.test(String(error.details?.sqlstate))) return error
  const [first, ...others] = unchecked
  if (first === undefined) return error
  if (others.length === 0) return wrongValue(first)
  const names = [...unchecked].map(({ name }) => name)
  const message = `A value of one of these columns is not of its type: ${names.map((name) => `\`${name}\``).join(', ')}.`
  return new RowgateError('VALIDATION_ERROR', message, { details: { fields: names } })
}
