/** Checks a write against what `rowgate.yaml` allows. */

import type { ColumnLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { clip } from '../../infra/text.ts'
import type { Json } from '../../sql-guard/values.ts'
import { advice, columnOf, type Table } from './tables.ts'

/** The columns of the values. Throws VALIDATION_ERROR for one that the file does not open, or that stays. */
export function mustBeWritable(
  table: Table,
  operation: 'insert' | 'update',
  values: Readonly<Record<string, Json>>,
): readonly (readonly [ColumnLock, Json])[] {
  const open = table[operation].filter((name) => isFree(table, name))
  const entries = Object.entries(values)
  if (operation === 'update' && entries.length === 0) {
    throw invalid('`values` must hold at least one column.', [])
  }
  return entries.map(([name, value]) => {
    if (!open.includes(name)) throw closed(table, operation, name, open)
    const column = columnOf(table, name, name)
    if (value === null && !column.nullable) throw invalid(`\`${name}\` cannot be null.`, [name])
    return [column, value]
  })
}

function isFree({ columns, set }: Table, name: string): boolean {
  return !Object.hasOwn(set, name) && columns.some((each) => each.name === name && each.generated !== true)
}

function closed(table: Table, operation: string, name: string, open: readonly string[]): RowgateError {
  const isSet = operation === 'insert' && Object.hasOwn(table.set, name)
  const reason = isSet
    ? `\`${name}\` is filled in from who you are; leave it out.`
    : `\`${clip(name)}\` does not take a value in an ${operation}. ${advice(name, open)}`
  return invalid(reason, [clip(name)])
}

/** Throws VALIDATION_ERROR where an insert leaves out what the table needs. */
export function mustBeComplete(table: Table, values: readonly (readonly [ColumnLock, Json])[]): void {
  const given = new Set(values.map(([{ name }]) => name))
  const missing = table.insert.filter((name) => {
    const column = table.columns.find((each) => each.name === name)
    const isNeeded = column !== undefined && !column.nullable && column.optional !== true
    return isNeeded && !given.has(name) && isFree(table, name)
  })
  if (missing.length === 0) return
  throw invalid(`\`values\` must also hold ${missing.map((name) => `\`${name}\``).join(', ')}.`, missing)
}

function invalid(message: string, fields: readonly string[]): RowgateError {
  return new RowgateError('VALIDATION_ERROR', message, { details: { fields } })
}
