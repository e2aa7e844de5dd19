/**
 * Exact numbers in Drizzle's results: where a double would change a number, the database's text is returned.
 */

import { Column, is, SQL } from 'drizzle-orm'
import { exactNumber } from '../infra/exact-number.ts'

/** Drizzle's mapping of a driver's value. */
interface Decoder {
  mapFromDriverValue(value: unknown): unknown
}

/** A selected field, as Drizzle's sessions take it. */
interface Selected {
  readonly field: object
}

/** The parameters that every session has. */
type Prepare = (query: unknown, fields: readonly Selected[] | undefined, ...rest: unknown[]) => unknown

/** Integers with up to this many digits are exact as doubles. */
const EXACT_DIGITS = 15

/** A Drizzle session whose prepared statements map numbers exactly. */
export function exactSession<S extends { prepareQuery(...given: never[]): unknown }>(session: S): S {
  const prepare = session.prepareQuery.bind(session) as Prepare
  const exactly: Prepare = (query, fields, ...rest) => prepare(query, fields?.map(exactSelected), ...rest)
  return Object.assign(session, { prepareQuery: exactly })
}

function exactSelected(selected: Selected): Selected {
  return { ...selected, field: exactField(selected.field) }
}

/** The field inherits from Drizzle's own, so that Drizzle recognises it, and maps exactly. */
function exactField(field: object): object {
  if (is(field, Column)) return exactColumn(field)
  if (is(field, SQL)) return exactSql(field)
  if (is(field, SQL.Aliased)) return Object.create(field, { sql: { value: exactSql(field.sql) } })
  return field
}

function exactColumn(column: Column): object {
  if (column.dataType === 'number') return exactDecoder(column)
  if (column.dataType !== 'array' || !('baseColumn' in column) || !is(column.baseColumn, Column))
    return column
  return Object.create(column, { baseColumn: { value: exactColumn(column.baseColumn) } })
}

function exactSql(chunk: SQL): object {
  // Declared internal, but Drizzle's own mapping reads it from outside the class as well.
  const { decoder } = chunk as unknown as { readonly decoder: Decoder }
  return Object.create(chunk, { decoder: { value: exactDecoder(decoder) } })
}

/** The same decoder, except that a number in text form stays text where a double would change it. */
export function exactDecoder<T extends Decoder>(decoder: T): T {
  return Object.create(decoder, mapping(decoder))
}

function mapping(decoder: Decoder): PropertyDescriptorMap {
  return { mapFromDriverValue: { value: (value: unknown) => exactly(value, decoder) } }
}

function exactly(value: unknown, decoder: Decoder): unknown {
  const mapped = decoder.mapFromDriverValue(value)
  if (typeof mapped !== 'number' || typeof value !== 'string' || value.length <= EXACT_DIGITS) return mapped
  return exactNumber(value)
}
