/**
 * Values and names on their way to MongoDB and back: plain JSON outside, with EJSON's wrappers for what JSON
 * lacks.
 */

import { RowgateError } from '../../../infra/errors.ts'
import { exactNumber, isExact } from '../../../infra/exact-number.ts'
import { isObject } from '../../../infra/json.ts'
import { clip } from '../../../infra/text.ts'

/** What only the driver can make. */
export interface BsonTypes {
  objectId(hex: string): unknown
  decimal(text: string): unknown
  long(text: string): unknown
}

/** One reading of a caller's query. */
export interface Reading {
  readonly types: BsonTypes
  /** Fields whose values are dates: a text in ISO 8601 beside them means one. */
  readonly dates: ReadonlySet<string>
  /** Counts a node of the query; throws once there are too many. */
  step(): void
}

/** Where the connector keeps whose a document is. Nothing of a caller's may name it. */
export const OWNER_MARKER = '_rowgate'

/** More than any query written by hand or by a model has. */
const MAX_NODES = 1_000
const MAX_PATH_CHARACTERS = 200
/** Names that mean something to a JavaScript object or to the BSON serializer. */
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

/** Says which name is refused, and what is allowed in its place. */
export function refused(what: string, name: string, allowed: Iterable<string>): RowgateError {
  return rejected(`${what} \`${clip(name)}\` is not allowed. Allowed: ${[...allowed].join(', ')}.`)
}

/** The members of an object as JSON makes them: own, and whatever their names. */
export function membersOf(value: unknown, what: string): [string, unknown][] {
  if (!isObject(value)) throw rejected(`${what} must be an object.`)
  return Object.entries(value)
}

/** A name of one level. An object that is made of such names only has no surprises for anybody. */
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

/** A path of names with dots between them. */
export function pathOf(path: unknown): string {
  if (typeof path !== 'string') throw rejected('A field is named by a text.')
  if (path.length > MAX_PATH_CHARACTERS)
    throw rejected(`A field's name may have ${MAX_PATH_CHARACTERS} characters.`)
  for (const segment of path.split('.')) nameOf(segment)
  return path
}

/** The whole numbers for which the driver has a 32-bit type; larger ones it would store as doubles. */
const INT_MOST = 2 ** 31 - 1

/** A number as MongoDB is to hold it: sums of whole numbers stay whole, to the digit. */
export function numberOf(value: number, { types }: Reading): unknown {
  return Number.isSafeInteger(value) && Math.abs(value) > INT_MOST ? types.long(String(value)) : value
}

type FromText = (text: string, types: BsonTypes) => unknown

const fromText = (shape: RegExp, make: FromText): FromText => {
  return (text, types) => (shape.test(text) ? make(text, types) : undefined)
}

/** EJSON v2's wrappers, canonical and relaxed, of the types that a document of ours may hold. */
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

/** Whether a whole number fits a signed type of so many bits. */
function within(bits: number, text: string): true | undefined {
  return BigInt.asIntN(bits, BigInt(text)) === BigInt(text) || undefined
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/

function validDate(text: string): Date | undefined {
  const date = new Date(text)
  return ISO_8601.test(text) && !Number.isNaN(date.getTime()) ? date : undefined
}

/** A text beside a date field, as the date that it means; every other value as it is. */
export function dateBeside(path: string, value: unknown, reading: Reading): unknown {
  return reading.dates.has(path) && typeof value === 'string' ? (validDate(value) ?? value) : value
}

/**
 * Reads a value that means itself. An object of it holds names, never operators; EJSON's wrappers become
 * their types.
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
 * A document as plain JSON: dates in ISO 8601, ids in hex, numbers as numbers where JSON can hold them and as
 * text where it cannot, bytes in base64.
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
  // The driver's class is not imported, for it would be loaded; its own `toString` takes an encoding, every
  // object's none.
  if (type === 'Binary' && 'toString' in value)
    return (value as { toString(as: string): string }).toString('base64')
  return String(value)
}
