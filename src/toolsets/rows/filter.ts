/** A caller's comparisons as a condition. Every value is a parameter, which takes the type of its column. */

import { type SQL, sql } from 'drizzle-orm/sql'
import type { ColumnLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { clip } from '../../infra/text.ts'
import type { Json } from '../../sql-guard/values.ts'
import { containing } from '../../toolkit/like.ts'
import { type ColumnType, columnType } from './column-types.ts'
import type { Comparison } from './schema.ts'
import { columnOf, type Table } from './tables.ts'
import { type Unchecked, written, writtenList } from './values.ts'

const SIGNS = { lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` } as const

/** Undefined without comparisons. */
export function conditionOf(
  table: Table,
  { filter, any }: { readonly filter: readonly Comparison[]; readonly any: boolean },
  unchecked: Unchecked,
): SQL | undefined {
  const conditions = filter.map((each) => sql`(${comparison(table, each, unchecked)})`)
  return conditions.length === 0 ? undefined : sql`(${sql.join(conditions, any ? sql` or ` : sql` and `)})`
}

function comparison(table: Table, { column: name, op, value }: Comparison, unchecked: Unchecked): SQL {
  const column = columnOf(table, name, 'filter')
  const left = sql.identifier(column.name)
  if (value === undefined && op !== 'is_null') throw missing(column, op)
  const given = value ?? null
  if (op === 'is_null') return isNull(column, value)
  if (given === null) return nullComparison(column, op)
  const type = columnType(column.type)
  if (type.mayBeComposite && typeof given === 'object' && !Array.isArray(given)) {
    return composite(column, op, given, unchecked)
  }
  switch (op) {
    case 'eq':
      mustHave(type.equality, column, op)
      return sql`${left} = ${written(column, given, unchecked)}`
    case 'ne':
      mustHave(type.equality, column, op)
      return sql`${left} is distinct from ${written(column, given, unchecked)}`
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      mustHave(type.order, column, op)
      return sql`${left} ${SIGNS[op]} ${written(column, given, unchecked)}`
    case 'in':
      mustHave(type.equality, column, op)
      return sql`${left} = any (${writtenList(column, given, unchecked)})`
    case 'contains':
      return contains(column, type, given, unchecked)
    case 'like':
      return sql`${asText(column, type)} like ${patternOf(column, given)}`
  }
}

/** `=` of a composite does not take a text, whose type Postgres cannot tell. */
function composite(column: ColumnLock, op: Comparison['op'], value: Json, unchecked: Unchecked): SQL {
  const left = sql`pg_catalog.to_jsonb(${sql.identifier(column.name)})`
  const right = sql`cast(cast(${written({ ...column, type: 'jsonb' }, value, unchecked)} as text) as pg_catalog.jsonb)`
  if (op === 'eq') return sql`${left} = ${right}`
  if (op === 'ne') return sql`${left} is distinct from ${right}`
  throw invalid(column, `\`${op}\` does not take an object; use \`eq\` or \`ne\`.`)
}

function isNull(column: ColumnLock, value: Json | undefined): SQL {
  if (value !== undefined && value !== null && typeof value !== 'boolean') {
    throw invalid(column, '`is_null` takes true or false.')
  }
  return value === false
    ? sql`${sql.identifier(column.name)} is not null`
    : sql`${sql.identifier(column.name)} is null`
}

function nullComparison(column: ColumnLock, op: Comparison['op']): SQL {
  if (op === 'eq') return isNull(column, true)
  if (op === 'ne') return isNull(column, false)
  throw invalid(column, `\`${op}\` does not take null; use \`is_null\`.`)
}

/** Text in any case; the items of a list; the parts of JSON. */
function contains(column: ColumnLock, type: ColumnType, value: Json, unchecked: Unchecked): SQL {
  const left = sql.identifier(column.name)
  if (type.isJson) {
    // Of the type json, which has no operators, the same value in the other type.
    const part = written(column, value, unchecked)
    return sql`cast(${left} as pg_catalog.jsonb) @> cast(cast(${part} as text) as pg_catalog.jsonb)`
  }
  if (type.isArray) {
    return sql`${left} @> ${written(column, Array.isArray(value) ? value : [value], unchecked)}`
  }
  return sql`${asText(column, type)} ilike ${containing(textOf(column, value))}`
}

/** Without a cast where the column is text, so that an index can serve. */
function asText({ name }: ColumnLock, { isText }: ColumnType): SQL {
  const column = sql`${sql.identifier(name)}`
  return isText ? column : sql`cast(${column} as text)`
}

function textOf(column: ColumnLock, value: Json): string {
  if (typeof value === 'string' && !value.includes('\0') && value.isWellFormed()) return value
  if (typeof value === 'number') return String(value)
  throw wrongText(column)
}

/** A backslash makes the sign behind it plain, so none may be the last. */
function patternOf(column: ColumnLock, value: Json): string {
  const text = textOf(column, value)
  if (/(?<!\\)(?:\\\\)*\\$/.test(text))
    throw invalid(column, 'a pattern does not end with a single backslash.')
  return text
}

function wrongText(column: ColumnLock): RowgateError {
  return invalid(column, 'the value must be a text.')
}

function mustHave(can: boolean, column: ColumnLock, op: string): void {
  if (!can) throw invalid(column, `values of type ${column.type} cannot be compared by \`${op}\`.`)
}

function missing(column: ColumnLock, op: string): RowgateError {
  return invalid(column, `\`${op}\` needs a \`value\`.`)
}

function invalid({ name }: ColumnLock, rule: string): RowgateError {
  return new RowgateError('VALIDATION_ERROR', `\`filter\` on \`${clip(name)}\`: ${rule}`, {
    details: { fields: [name] },
  })
}
