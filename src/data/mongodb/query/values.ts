/** Converts values and names between plain JSON, with EJSON's wrappers for what JSON lacks, and BSON. */

import { RowgateError } from '../../../infra/errors.ts'
import { exactNumber, isExact } from '../../../infra/exact-number.ts'
import { isObject } from '../../../infra/json.ts'
import { clip } from '../../../infra/text.ts'

/** BSON types, which only the driver can make. */
export interface BsonTypes {
  objectId(hex: string): unknown
  decimal(text: string): unknown
  long(text: string): unknown
}

/** The state of checking one query. */
export interface Reading {
  readonly types: BsonTypes
  /** Date fields: a text in ISO 8601 compared with one means a date. */
  readonly dates: ReadonlySet<string>
  /** Counts one node of the query; throws above the limit. */
  step(): void
}

/** The field with a document's owner. No query may name it. */
export const OWNER_MARKER = '_rowgate'

/** More than any query of a person or a model has. */
const MAX_NODES = 1_000
const MAX_PATH_CHARACTERS = 200
/** Names with a meaning for JavaScript objects or the BSON serializer. */
const NEVER_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', '_bsontype'])

export function startReading(types: BsonTypes, dates: readonly string[]): Reading {
  let nodes = 0
  return {
    types,
    dates: new Set(dates),
    step() {
      nodes += 1
      if (nodes > MAX_NODES) throw rejected(`The query has more than ${MAX_NODES} parts; ask for less.`)
    },
  }
}

export function rejected(message: string): RowgateError {
  return new RowgateError('QUERY_REJECTED', message)
}

/** The error for a name that is not in the allow-list. */
export function refused(what: string, name: string, allowed: Iterable<string>): RowgateError {
  return rejected(`${what} \`${clip(name)}\` is not allowed. Allowed: ${[...allowed].join(', ')}.`)
}

/** An object's own members, as JSON makes them, whatever their names. */
export function membersOf(value: unknown, what: string): [string, unknown][] {
  if (!isObject(value)) throw rejected(`${what} must be an object.`)
  return Object.entries(value)
}

/** Checks a name without dots. An object with such names only is safe everywhere. */
export function nameOf(name: string): string {
  if (name === '' || name.startsWith('$') || name.includes('\0') || name.includes('.'))
    throw rejected(
      `\`${clip(name)}\` is no name for a field: it is empty, or holds a dot, a NUL or a leading $.`,
    )
  if (NEVER_NAMES.has(name)) throw rejected(`No field may be called \`${name}\`.`)
  if (name === OWNER_MARKER)
    throw rejected(`\`${OWNER_MARKER}\` is this server's own; documents are the caller's anyway.`)
  return name
}

/** Checks a path of names with dots between them. */
export function pathOf(path: unknown): string {
  if (typeof path !== 'string') throw rejected('A field is named by a text.')
  if (path.length > MAX_PATH_CHARACTERS)
    throw rejected(`A field's name may have ${MAX_PATH_CHARACTERS} characters.`)
  for (const segment of path.split('.')) nameOf(segment)
  return path
}

/** The largest 32-bit integer. The driver would store a larger one as a double. */
const INT_MOST = 2 ** 31 - 1

/** The BSON type for a number: integers stay integers, so their sums are exact. */
export function numberOf(value: number, { types }: Reading): unknown {
  return Number.isSafeInteger(value) && Math.abs(value) > INT_MOST ? types.long(String(value)) : value
}

type FromText = (text: string, types: BsonTypes) => unknown

const fromText = (shape: RegExp, make: FromText): FromText => {
  return (text, types) => (shape.test(text) ? make(text, types) : undefined)
}

/** EJSON v2's wrappers, canonical and relaxed, for the types that our documents may have. */
const WRAPPERS: Readonly<Record<string, FromText>> = {
  $date: (text) => validDate(text),
  $oid: fromText(/^[0-9a-f]{24}$/i, (text, types) => types.objectId(text)),
  $numberInt: fromText(/^-?\d{1,10}$/, (text) => within(32, text) && Number(text)),
  $numberLong: fromText(/^-?\d{1,19}$/, (text, types) => within(64, text) && types.long(text)),
  $numberDouble: fromText(/^-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/, (text) =>
    isExact(text) ? Number(text) : undefined,
  ),
  $numberDecimal: fromText(/^-?\d{1,34}(?:\.\d{1,34})?$/, (text, types) =>
    text.replaceAll(/^-?[0.]*|\./g, '').length <= DECIMAL_DIGITS ? types.decimal(text) : undefined,
  ),
}

/** Of Decimal128. */
const DECIMAL_DIGITS = 34

/** Whether an integer fits a signed type of so many bits. */
function within(bits: number, text: string): true | undefined {
  return BigInt.asIntN(bits, BigInt(text)) === BigInt(text) || undefined
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/

function validDate(text: string): Date | undefined {
  const date = new Date(text)
  return ISO_8601.test(text) && !Number.isNaN(date.getTime()) ? date : undefined
}

/** A text compared with a date field as a date; any other value unchanged. */
export function dateBeside(path: string, value: unknown, reading: Reading): unknown {
  return reading.dates.has(path) && typeof value === 'string' ? (validDate(value) ?? value) : value
}

/**
 * Checks a plain value: an object in it has names, never operators, and EJSON's wrappers become their types.
 */
export function literalOf(value: unknown, reading: Reading): unknown {
  reading.step()
  if (Array.isArray(value)) return value.map((item) => literalOf(item, reading))
  if (typeof value === 'number') return numberOf(value, reading)
  if (!isObject(value)) return value
  const members = Object.entries(value)
  const wrapper = members.find(([name]) => name.startsWith('$'))
  if (wrapper !== undefined) return unwrapped(wrapper, members.length, reading)
  return Object.fromEntries(members.map(([name, item]) => [nameOf(name), literalOf(item, reading)]))
}

export function isWrapper(name: string): boolean {
  return Object.hasOwn(WRAPPERS, name)
}

function unwrapped([name, text]: [string, unknown], members: number, reading: Reading): unknown {
  const read = isWrapper(name) ? WRAPPERS[name] : undefined
  if (read === undefined || members !== 1) throw refused('In a value', name, Object.keys(WRAPPERS))
  const value = typeof text === 'string' ? read(text, reading.types) : undefined
  if (value === undefined) throw rejected(`The text in \`${name}\` is not one of that type, to the digit.`)
  return value
}

/**
 * A document as plain JSON: dates in ISO 8601, ids in hex, bytes in base64, and numbers as text where JSON
 * cannot hold them.
 */
export function jsonOf(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value === 'number') return shownNumber(value)
  if (!isObject(value)) return typeof value === 'bigint' ? String(value) : value
  if (typeof value._bsontype === 'string') return bsonText(value._bsontype, value)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, jsonOf(item)]))
}

/** JSON has neither infinities nor NaN. */
function shownNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function bsonText(type: string, value: object): unknown {
  if (type === 'MinKey' || type === 'MaxKey') return type
  if (type === 'Int32' || type === 'Double') return shownNumber(Number(value))
  if (type === 'Long') return exactNumber(String(value))
  // Importing the driver's class would load it. Only a class's own `toString` takes an encoding.
  if (type === 'Binary' && 'toString' in value)
    return (value as { toString(as: string): string }).toString('base64')
  return String(value)
}
