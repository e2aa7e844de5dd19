/** The size of results, for the query monitor: rows and bytes of each statement. */

import type { RoundTrip, StatementReport } from '../infra/observability/query-monitor.ts'

/** Rows and bytes of one statement's result. */
export type Counts = Omit<StatementReport, 'text'>

/** Bytes of a number, a date, and anything else that is not text. */
const SCALAR_BYTES = 8

/**
 * Approximate size of a result: the characters of its texts. No driver tells how many bytes it read, and
 * serialising the values again would cost as much as reading them.
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

/** The report of one round trip; a failed one has no counts. */
export function reportOf(
  engine: string,
  ms: number,
  texts: () => readonly string[],
  counts: readonly Counts[],
): RoundTrip {
  let [rows, bytes] = [0, 0]
  for (const each of counts) {
    rows += each.rows
    bytes += each.bytes
  }
  const statements = () => texts().map((text, index) => ({ text, rows: 0, bytes: 0, ...counts[index] }))
  return { engine, ms, rows, bytes, statements }
}
