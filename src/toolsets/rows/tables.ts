/** The tables and columns that a caller may name. */

import type { ColumnLock, RowOperation, SourceLock, TableLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { nearestNames } from '../../infra/nearest.ts'
import { clip } from '../../infra/text.ts'

/** Names that an error suggests, and names that it lists at most. */
const MOST_SUGGESTED = 3
const MOST_LISTED = 40

/** A table of a source, as its callers know it. */
export interface Table extends TableLock {
  readonly source: string
  readonly viewSchema: string
}

/** Tables that a caller with these scopes sees. */
export function visibleTables({ tables }: SourceLock, scopes: ReadonlySet<string>): readonly TableLock[] {
  return tables.filter(({ scope }) => scope === undefined || scopes.has(scope))
}

/** Names of those on which the file allows this operation. */
export function tablesFor(
  operation: RowOperation,
  lock: SourceLock,
  scopes: ReadonlySet<string>,
): readonly string[] {
  return visibleTables(lock, scopes)
    .filter((table) => mayDo(operation, table))
    .map(({ name }) => name)
}

/** Rows are named by their key; without one they can only be found and added. */
function mayDo(operation: RowOperation, { allow, key }: TableLock): boolean {
  return allow.includes(operation) && (key.length > 0 || operation === 'find' || operation === 'insert')
}

/**
 * VALIDATION_ERROR for a table that this caller does not see, whether or not there is one;
 * AUTHORIZATION_ERROR for an operation that the file does not allow.
 */
export function tableFor(
  operation: RowOperation,
  name: string,
  source: { readonly name: string; readonly lock: SourceLock },
  scopes: ReadonlySet<string>,
): Table {
  const { lock } = source
  const table = visibleTables(lock, scopes).find((each) => each.name === name)
  if (table === undefined) {
    const known = tablesFor(operation, lock, scopes)
    throw new RowgateError(
      'VALIDATION_ERROR',
      `There is no table \`${clip(name)}\`. ${advice(name, known)}`,
      {
        details: { fields: ['table'] },
      },
    )
  }
  if (!mayDo(operation, table)) throw notAllowed(operation, table)
  return { ...table, source: source.name, viewSchema: lock.viewSchema }
}

function notAllowed(operation: RowOperation, table: TableLock): RowgateError {
  const reason = table.allow.includes(operation)
    ? 'it has no key to name a row by'
    : 'it is not opened for that'
  const allowed = table.allow.filter((each) => mayDo(each, table)).join(', ')
  return new RowgateError(
    'AUTHORIZATION_ERROR',
    `\`${table.name}\` does not take ${operation}: ${reason}. Possible there: ${allowed}.`,
  )
}

/** Throws VALIDATION_ERROR for a column that the table does not show. */
export function columnOf(table: TableLock, name: string, field: string): ColumnLock {
  const column = table.columns.find((each) => each.name === name)
  if (column !== undefined) return column
  const known = table.columns.map((each) => each.name)
  const message = `\`${table.name}\` has no column \`${clip(name)}\`. ${advice(name, known)}`
  throw new RowgateError('VALIDATION_ERROR', message, { details: { fields: [field] } })
}

/** The columns of the key, which `up` has seen shown. */
export function keyOf(table: TableLock): readonly ColumnLock[] {
  return table.key.map((name) => columnOf(table, name, 'key'))
}

export function advice(name: string, known: readonly string[]): string {
  const meant = nearestNames(name, known).slice(0, MOST_SUGGESTED)
  if (meant.length > 0) return `Did you mean ${meant.map((each) => `\`${each}\``).join(' or ')}?`
  if (known.length === 0) return 'There is none that you may name here.'
  const listed = known.slice(0, MOST_LISTED).join(', ')
  return known.length > MOST_LISTED ? `There are ${listed} and others.` : `There are ${listed}.`
}
