/** The statement that really runs: the caller's one inside a derived table, where Postgres refuses a WITH that writes. */

import type { Extent } from './guard.ts'

export interface Page {
  /** Rows at most. */
  readonly limit: number
  /** Rows to skip. */
  readonly offset?: number
}

/**
 * Wraps a query that the guard has accepted; `extent` is the verdict's, and cuts off semicolons. The line breaks end a
 * trailing `--` comment. One row more than the limit is asked for, to know whether there are more.
 */
export function wrap(query: string, extent: Extent, { limit, offset = 0 }: Page): string {
  const skip = offset === 0 ? '' : ` offset ${offset}`
  return `${LEAD}${statementOf(query, extent)}\n) q limit ${limit + 1}${skip}`
}

/** What stands before the caller's query. */
export const LEAD = 'select * from (\n'

export function statementOf(query: string, { start, length }: Extent): string {
  const bytes = new TextEncoder().encode(query)
  return new TextDecoder().decode(bytes.subarray(start, length === 0 ? bytes.length : start + length))
}
