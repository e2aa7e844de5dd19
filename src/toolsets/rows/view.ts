/** A table's view in SQL: its name, its columns, and the rows that Postgres answers. */

import { type SQL, sql } from 'drizzle-orm/sql'
import * as z from 'zod'
import type { ColumnLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { isObject } from '../../infra/json.ts'
import { clip } from '../../infra/text.ts'
import type { Json } from '../../sql-guard/values.ts'
import { columnType } from './column-types.ts'
import { advice, columnOf, keyOf, type Table } from './tables.ts'
import { type Unchecked, written } from './values.ts'

export function viewOf({ viewSchema, name }: Pick<Table, 'viewSchema' | 'name'>): SQL {
  return sql`${sql.identifier(viewSchema)}.${sql.identifier(name)}`
}

export function column({ name }: ColumnLock): SQL {
  return sql`${sql.identifier(name)}`
}

/** The columns as text, under names of ours: `c0` and on. */
export function selection(columns: readonly ColumnLock[], of: (column: ColumnLock) => SQL = column): SQL {
  const selected = columns.map((each, at) => {
    const type = columnType(each.type)
    return sql`${type.select(of(each))} as ${sql.identifier(`c${at}`)}`
  })
  return sql.join(selected, sql`, `)
}

const answer = z.record(z.string(), z.unknown())

/** The values of one row, in the order of the columns. */
export function valuesOf(columns: readonly ColumnLock[], row: unknown): Json[] {
  const texts = answer.parse(row)
  return columns.map(({ type }, at) => {
    const text = texts[`c${at}`]
    return typeof text === 'string' ? columnType(type).read(text) : null
  })
}

export function objectOf(columns: readonly ColumnLock[], row: unknown): Record<string, Json> {
  const values = valuesOf(columns, row)
  return Object.fromEntries(columns.map(({ name }, at) => [name, values[at] ?? null]))
}

/** Those that were asked for, or all. */
export function columnsOf(table: Table, names: readonly string[] | undefined): readonly ColumnLock[] {
  if (names === undefined) return table.columns
  return [...new Set(names)].map((name) => columnOf(table, name, 'columns'))
}

/** The value of each column of the key, in their order. */
export function keyValues(table: Table, key: Json, unchecked: Unchecked): readonly string[] {
  const columns = keyOf(table)
  const [first] = columns
  if (!isObject(key)) {
    if (columns.length !== 1 || first === undefined) throw wrongKey(table)
    return [keyValue(table, first, key, unchecked)]
  }
  const unknown = Object.keys(key).find((name) => !table.key.includes(name))
  if (unknown !== undefined) {
    const message = `\`key\`: \`${clip(unknown)}\` is no column of it. ${advice(unknown, table.key)}`
    throw new RowgateError('VALIDATION_ERROR', message, { details: { fields: ['key'] } })
  }
  return columns.map((each) => {
    if (!Object.hasOwn(key, each.name)) throw wrongKey(table)
    return keyValue(table, each, key[each.name] ?? null, unchecked)
  })
}

function keyValue(table: Table, each: ColumnLock, value: Json, unchecked: Unchecked): string {
  const text = written(each, value, unchecked)
  if (text === null) throw wrongKey(table)
  return text
}

export function hasKey(
  table: Table,
  values: readonly string[],
  of: (column: ColumnLock) => SQL = column,
): SQL {
  const parts = keyOf(table).map((each, at) => sql`${of(each)} = ${values[at]}`)
  return sql`(${sql.join(parts, sql` and `)})`
}

function wrongKey({ name, key }: Table): RowgateError {
  const shape = key.map((each) => `"${each}": …`).join(', ')
  const message = `\`key\`: a row of \`${name}\` is named by {${shape}}, each with a value.`
  return new RowgateError('VALIDATION_ERROR', message, { details: { fields: ['key'] } })
}

/** NOT_FOUND does not tell a row that is another's from one that never existed. */
export function noSuchRow({ name }: Table): RowgateError {
  return new RowgateError(
    'NOT_FOUND',
    `There is no such row of \`${name}\` among those that you may see. \`find_rows\` finds them.`,
  )
}
