/** What came back from a database, counted for the query monitor: the rows and the size of each statement's result. */

import type { RoundTrip, Statement } from '../infra/observability/query-monitor.ts'

type Counts = Omit<Statement, 'text'>

/** In bytes: a number, a date, and whatever else is no text. */
const SCALAR_BYTES = 8

/**
 * Size of a result, about, and at next to no cost: its texts by their characters. No driver tells how many bytes it read,
 * and to write the values down again only to measure them would cost as much as reading them did.
 */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (value === null || value === undefined) return 0
  if (typeof value !== 'object' || value instanceof Date) return SCALAR_BYTES
  if (ArrayBuffer.isView(value)) return value.byteLength
  let bytes = 0
  if (Array.isArray(value)) for (const member of value) bytes += sizeOf(member)
  else for (const [name, member] of Object.entries(value)) bytes += name.length + sizeOf(member)
  return bytes
}

/** The sums of a trip, and what is told of each of its statements; a trip that failed has no counts. */
export function tally(
  texts: () => readonly string[],
  counts: readonly Counts[],
): Pick<RoundTrip, 'rows' | 'bytes' | 'statements'> {
  let [rows, bytes] = [0, 0]
  for (const each of counts) {
    rows += each.rows
    bytes += each.bytes
  }
  return {
    rows,
    bytes,
    statements: () => texts().map((text, index) => ({ text, rows: 0, bytes: 0, ...counts[index] })),
  }
}
