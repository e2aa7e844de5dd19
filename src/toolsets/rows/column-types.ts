/**
 * Values of a column: how a caller's JSON becomes what Postgres reads, and what Postgres prints becomes JSON.
 * Types are known by name, as `format_type` prints it; of a type that is not known here, such as a domain or
 * an extension's, Postgres itself judges the values.
 */

import { type SQL, sql } from 'drizzle-orm/sql'
import { arrayText } from '../../sql-guard/array-text.ts'
import { type Json, typeOf } from '../../sql-guard/values.ts'
import { type BuiltinType, builtinType } from '../../toolkit/builtin-types.ts'

export interface ColumnType {
  /** The value in words, for an error: "a whole number". */
  readonly is: string
  /** The value as Postgres reads it, or undefined where it is none of this type. */
  write(value: Json): string | undefined
  /** Whether `write` has the last word: what it takes, Postgres takes. */
  readonly checked: boolean
  /** Selects the column as text for `read`. */
  select(column: SQL): SQL
  read(text: string): Json
  /** Whether it has `<` and `=`: an unknown type is taken to have them. */
  readonly order: boolean
  readonly equality: boolean
  /** Whether it is text, of which a part can be looked for without a cast. */
  readonly isText: boolean
  readonly isArray: boolean
  readonly isJson: boolean
  /** Whether it may be a composite, which is compared as the object that it is shown as. */
  readonly mayBeComposite: boolean
}

const JSON_OID = 114

const readJson = typeOf(JSON_OID).read
const asText = (column: SQL) => sql`cast(${column} as text)`
const asJson = (column: SQL) => sql`cast(pg_catalog.to_jsonb(${column}) as text)`
/** ISO 8601, whatever the session's DateStyle is. */
const asIso = (column: SQL) => sql`(pg_catalog.to_jsonb(${column}) #>> '{}')`

const PLAIN: ColumnType = {
  is: 'a value of its type, as PostgreSQL writes it',
  write: (value) => (typeof value === 'object' ? undefined : readable(String(value))),
  checked: false,
  select: asJson,
  read: readJson,
  order: true,
  equality: true,
  isText: false,
  isArray: false,
  isJson: false,
  mayBeComposite: false,
}

/** Postgres keeps no U+0000, and no half of a surrogate pair reaches it whole. */
function readable(text: string): string | undefined {
  return text.includes('\0') || !text.isWellFormed() ? undefined : text
}

function whole(bits: number): ColumnType {
  const most = 2n ** BigInt(bits - 1)
  return {
    ...PLAIN,
    is: `a whole number from -${most} to ${most - 1n}`,
    checked: true,
    write(value) {
      const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
      if (typeof text !== 'string' || !/^-?\d{1,30}$/.test(text)) return undefined
      const number = BigInt(text)
      return number >= -most && number < most ? text : undefined
    },
    select: asText,
    read: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  }
}

const NUMERAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i

/** `checked` is false: Postgres knows the precision, and how large a `real` may be. */
const numeral: ColumnType = {
  ...PLAIN,
  is: 'a number',
  write(value) {
    if (typeof value === 'number') return String(value)
    return typeof value === 'string' && NUMERAL.test(value) ? value : undefined
  },
}

/** Its digits are what it is, so it stays text. */
const numeric: ColumnType = { ...numeral, select: asText, read: (text) => text }

const flag: ColumnType = {
  ...PLAIN,
  is: 'true or false',
  checked: true,
  write: (value) => (/^(?:true|false)$/.test(String(value)) ? String(value) : undefined),
}

function characters(most: number | undefined): ColumnType {
  return {
    ...PLAIN,
    is: most === undefined ? 'a text' : `a text of at most ${most} characters`,
    checked: true,
    isText: true,
    write(value) {
      if (typeof value !== 'string' || (most !== undefined && [...value].length > most)) return undefined
      return readable(value)
    },
    select: asText,
    read: (text) => text,
  }
}

function written(is: string, accepts: (text: string) => boolean, select: ColumnType['select']): ColumnType {
  return {
    ...PLAIN,
    is,
    checked: true,
    write: (value) => (typeof value === 'string' && accepts(value) ? value : undefined),
    select,
    read: (text) => text,
  }
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?$/
/** A time may end in a zone. */
const ZONE = /(?:Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)$/i

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function isTimestamp(text: string): boolean {
  const [date = '', time, ...rest] = text.split(/[T ]/i)
  if (rest.length > 0 || !isDate(date)) return false
  return time === undefined || TIME.test(time.replace(ZONE, ''))
}

const date = written('a date as 2026-03-10', isDate, asIso)
const timestamp = written('a time as 2026-03-10T18:30:00Z, or a date', isTimestamp, asIso)
const time = written('a time of day as 18:30', (text) => TIME.test(text.replace(ZONE, '')), asIso)

const json: ColumnType = {
  ...PLAIN,
  is: 'JSON, without the character U+0000',
  isJson: true,
  order: false,
  equality: false,
  write: (value) => readable(JSON.stringify(value)),
}

const bytes: ColumnType = {
  ...PLAIN,
  is: 'bytes in hexadecimal, as \\x00ff',
  checked: true,
  write: (value) => (typeof value === 'string' && /^\\x(?:[\da-f]{2})*$/i.test(value) ? value : undefined),
  // Its size: bytes are nothing that a model reads.
  select: (column) => sql`cast(pg_catalog.octet_length(${column}) as text)`,
  read: Number,
}

const unordered: ColumnType = { ...PLAIN, order: false, equality: false }

const TYPES: Readonly<Record<BuiltinType, ColumnType>> = {
  smallint: whole(16),
  integer: whole(32),
  bigint: whole(64),
  numeric: numeric,
  real: numeral,
  'double precision': numeral,
  boolean: flag,
  text: characters(undefined),
  name: characters(undefined),
  'character varying': characters(undefined),
  character: characters(undefined),
  uuid: written('a UUID', (text) => UUID.test(text), asText),
  date: date,
  'timestamp without time zone': timestamp,
  'timestamp with time zone': timestamp,
  'time without time zone': time,
  'time with time zone': time,
  json: json,
  jsonb: { ...json, equality: true },
  bytea: bytes,
  xml: unordered,
  point: unordered,
  polygon: unordered,
}

const UNKNOWN: ColumnType = {
  ...PLAIN,
  is: 'a value of its type as PostgreSQL writes it; of a composite, to compare it whole, the object that it is shown as',
  mayBeComposite: true,
}

const known = new Map<string, ColumnType>()

/** By the name that `format_type` prints. */
export function columnType(type: string): ColumnType {
  const found = known.get(type) ?? made(type)
  known.set(type, found)
  return found
}

function plainType(type: string): ColumnType {
  const builtin = builtinType(type)
  return builtin === undefined ? UNKNOWN : TYPES[builtin]
}

function made(type: string): ColumnType {
  if (type.endsWith('[]')) return arrayOf(columnType(type.slice(0, -'[]'.length)), type)
  const length = /^character(?: varying)?\((\d+)\)$/.exec(type)?.[1]
  return length === undefined ? plainType(type) : characters(Number(length))
}

function arrayOf(element: ColumnType, type: string): ColumnType {
  const isExact = /^(?:numeric|bigint)\b/.test(type)
  return {
    ...PLAIN,
    is: `a list; each value must be ${element.is}`,
    checked: element.checked,
    isArray: true,
    order: element.order,
    equality: element.equality,
    write(value) {
      if (!Array.isArray(value)) return undefined
      const items = value.map((item) => (item === null ? null : element.write(item)))
      const texts = items.filter((item) => item !== undefined)
      return texts.length === items.length ? arrayText(texts) : undefined
    },
    ...(isExact && { select: (column) => asJson(sql`cast(${column} as text[])`) }),
  }
}

/** The array type over a column's: for a list of values, each of the column's type. */
export function listOf(type: ColumnType, values: readonly Json[]): string | undefined {
  const texts = values.map((value) => (value === null ? undefined : type.write(value)))
  const written = texts.filter((text) => text !== undefined)
  return written.length === texts.length ? arrayText(written) : undefined
}
