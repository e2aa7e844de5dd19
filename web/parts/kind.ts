/** Kinds of columns, for sorting, alignment and charts. */

import type { Row } from './answer.ts'

export type Kind = 'number' | 'time' | 'boolean' | 'json' | 'text'

const KINDS: Readonly<Record<string, Kind>> = {
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  oid: 'number',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  date: 'time',
  timestamp: 'time',
  'timestamp with time zone': 'time',
  boolean: 'boolean',
  json: 'json',
  jsonb: 'json',
}

/** Values looked at where an answer has no types. */
const SAMPLE = 200

/** Decimal, without the leading zeros that codes have. Postgres' numbers include `NaN` and infinities. */
export const NUMBER = /^(?:[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/
const TIME =
  /^-?\d{4,6}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?)?(?: BC)?$/

/** By the column's type, or by its first values where the answer names no type. */
export function kindOf(type: string, rows: readonly Row[], at: number): Kind {
  if (type !== '') return KINDS[type] ?? 'text'
  const values: unknown[] = []
  for (const row of rows) {
    const value = row[at] ?? null
    if (value !== null) values.push(value)
    if (values.length === SAMPLE) break
  }
  if (values.length === 0) return 'text'
  const all = (test: (value: unknown) => boolean) => values.every(test)
  if (all((value) => typeof value === 'boolean')) return 'boolean'
  if (all((value) => typeof value === 'number' || isNumberText(value))) return 'number'
  if (all((value) => typeof value === 'string' && TIME.test(value))) return 'time'
  return all((value) => typeof value === 'object') ? 'json' : 'text'
}

function isNumberText(value: unknown): boolean {
  return typeof value === 'string' && /\d/.test(value) && NUMBER.test(value)
}

/**
 * Milliseconds since 1970 of Postgres' text for a date or time, or of ISO 8601; NaN if it is neither. A time
 * without a zone counts as UTC, so that it is drawn as it is written.
 */
export function timeOf(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY
  if (text === '-infinity') return Number.NEGATIVE_INFINITY
  const [, year = '', rest = '', hours, zone = 'Z', era] =
    /^(-?\d{4,6})(-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?( BC)?$/.exec(
      text,
    ) ?? []
  if (year === '') return Number.NaN
  // 1 BC is the year 0 of ISO 8601.
  const signed = era === undefined ? Number(year) : 1 - Number(year)
  const sign = signed < 0 ? '-' : '+'
  const minutes = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')
  const padded = String(Math.abs(signed)).padStart(6, '0')
  return Date.parse(`${sign}${padded}${rest}T${hours ?? '00:00'}${minutes}`)
}
