/** The order of rows: stable, nulls last both ways, numbers by their value to the last digit. */

import type { Json, Row, Table } from './answer.ts'
import { timeOf } from './kind.ts'

export interface Sort {
  readonly column: number
  readonly descending: boolean
}

/** Case counts only between texts that are otherwise equal; digits in texts count as numbers. */
const collator = new Intl.Collator(undefined, { numeric: true })

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/
/** A double holds every decimal of 15 digits. */
const EXACT = /^[\d.+-]{1,15}$/

/** Positions in `rows`, sorted. */
export function sorted(table: Table, rows: readonly number[], { column, descending }: Sort): number[] {
  const keyed = keysOf(table, column)
  const present = rows.filter((row) => isPresent(table.rows[row], column))
  const absent = rows.filter((row) => !isPresent(table.rows[row], column))
  const direction = descending ? -1 : 1
  // Array.prototype.sort is stable, and the direction turns the comparison, not the result.
  present.sort((one, other) => direction * keyed(one, other))
  return [...present, ...absent]
}

function isPresent(row: Row | undefined, column: number): boolean {
  return (row?.[column] ?? null) !== null
}

/** A comparison of two rows by a column. Keys are made once a row: a sort compares each some 17 times. */
function keysOf({ columns, rows }: Table, column: number): (one: number, other: number) => number {
  const values = rows.map((row) => row[column] ?? null)
  const at = (row: number): Json => values[row] ?? null
  switch (columns[column]?.kind) {
    case 'number':
      return byKey(values.map(numberOf), (one, other) => compareDecimals(String(at(one)), String(at(other))))
    case 'time':
      return byKey(
        values.map((value) => timeOf(String(value))),
        (one, other) => compareText(at(one), at(other)),
      )
    case 'boolean':
      return (one, other) => Number(at(one)) - Number(at(other))
    default: {
      const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
      return (one, other) => collator.compare(texts[one] ?? '', texts[other] ?? '')
    }
  }
}

/** NaN is the greatest, as in Postgres. `ofEqual` decides between values whose keys are the same. */
function byKey(keys: readonly number[], ofEqual: (one: number, other: number) => number) {
  return (one: number, other: number): number => {
    const [left = 0, right = 0] = [keys[one], keys[other]]
    if (left < right) return -1
    if (left > right) return 1
    if (left === right) return ofEqual(one, other)
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
  }
}

function compareText(one: Json, other: Json): number {
  return String(one) < String(other) ? -1 : Number(String(one) > String(other))
}

export function numberOf(value: Json): number {
  return typeof value === 'number' ? value : Number(value)
}

/** Compares decimal numbers written out, such as `9007199254740993` and `1.10`, without rounding. */
export function compareDecimals(one: string, other: string): number {
  if (one === other) return 0
  if (EXACT.test(one) && EXACT.test(other)) return Number(one) - Number(other)
  const [left, right] = [decimalOf(one), decimalOf(other)]
  if (left === undefined || right === undefined) return 0
  if (left.sign !== right.sign) return left.sign - right.sign
  return left.sign * compareSizes(left, right)
}

interface Decimal {
  /** -1, 0 or 1 */
  readonly sign: number
  /** Significant digits, without zeros at either end. */
  readonly digits: string
  /** Power of ten of the first digit. */
  readonly magnitude: number
}

function decimalOf(text: string): Decimal | undefined {
  const [matched, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? []
  if (matched === undefined) return undefined
  const all = `${whole}${fraction}`
  const digits = all.replace(/^0+/, '')
  if (digits === '') return { sign: 0, digits: '', magnitude: 0 }
  const magnitude = whole.length - (all.length - digits.length) + Number(exponent)
  return { sign: sign === '-' ? -1 : 1, digits: digits.replace(/0+$/, ''), magnitude }
}

function compareSizes(one: Decimal, other: Decimal): number {
  if (one.magnitude !== other.magnitude) return one.magnitude - other.magnitude
  return one.digits < other.digits ? -1 : Number(one.digits > other.digits)
}
