/**
 * Drizzle's results without numbers that change: a column or an aggregate that is declared as a number gives
 * the database's text where a double would change it.
 */

import { Column, is, SQL } from 'drizzle-orm'
import { exactNumber } from '../infra/exact-number.ts'

/** What Drizzle maps a driver's value with. */
interface Decoder {
  mapFromDriverValue(value: unknown): unknown
}

/** A selected field as Drizzle's sessions take it. */
interface Selected {
  readonly field: object
}

/** The parameters that every session has. */
type Prepare = (query: unknown, fields: readonly Selected[] | undefined, ...rest: unknown[]) => unknown

/** Whole numbers of up to this many digits are exact as doubles. */
const EXACT_DIGITS = 15

/** The same session of Drizzle's; what it prepares maps exactly. */
export function exactSession<S extends { prepareQuery(...given: never[]): unknown }>(session: S): S {
  const prepare = session.prepareQuery.bind(session) as Prepare
  const exactly: Prepare = (query, fields, ...rest) => prepare(query, fields?.map(exactSelected), ...rest)
  return Object.assign(session, { prepareQuery: exactly })
}

function exactSelected(selected: Selected): Selected {
  return { ...selected, field: exactField(selected.field) }
}

/** A field inherits from Drizzle's own, so that Drizzle takes it for that, and maps exactly. */
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
  // Declared as internal; Drizzle's own mapping reads it from outside as well.
  const { decoder } = chunk as unknown as { readonly decoder: Decoder }
  return Object.create(chunk, { decoder: { value: exactDecoder(decoder) } })
}

/** The same decoder; a number that is given as text, and that a double would change, stays text. */
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
