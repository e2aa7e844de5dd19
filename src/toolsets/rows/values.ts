/** Values that callers give for columns: held to the column's type before Postgres sees them. */

import type { ColumnLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { clip } from '../../infra/text.ts'
import type { Json } from '../../sql-guard/values.ts'
import { columnType, listOf } from './column-types.ts'

/** Labels of an enum that an error lists. */
const MOST_LABELS = 20

/** Columns of one statement whose values only Postgres can check. */
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

/** An operator that is not there: an unknown type was taken to have it. */
const NO_OPERATOR = '42883'

/** Names the columns of values that Postgres refused and we could not check. Other errors stay. */
export function inOurWords(error: unknown, unchecked: Unchecked): unknown {
  if (!(error instanceof RowgateError)) return error
  const sqlstate = String(error.details?.sqlstate)
  if (sqlstate === NO_OPERATOR && unchecked.size > 0) return notComparable(unchecked)
  return NO_VALUE.test(sqlstate) ? wrongValues(error, unchecked) : error
}

function wrongValues(error: RowgateError, unchecked: Unchecked): RowgateError {
  const [first, ...others] = unchecked
  if (first === undefined) return error
  if (others.length === 0) return wrongValue(first)
  return named(unchecked, (names) => `A value of one of these columns is not of its type: ${names}.`)
}

function notComparable(unchecked: Unchecked): RowgateError {
  return named(unchecked, (names) => `Values of one of these columns cannot be compared so: ${names}.`)
}

function named(unchecked: Unchecked, message: (names: string) => string): RowgateError {
  const fields = [...unchecked].map(({ name }) => name)
  return new RowgateError('VALIDATION_ERROR', message(fields.map((name) => `\`${clip(name)}\``).join(', ')), {
    details: { fields },
  })
}
