/**
 * The statement that really runs: the caller's one inside a derived table, where Postgres refuses a WITH that
 * writes.
 */

import type { Extent } from './guard.ts'

export interface RowRange {
  /** Rows at most. */
  readonly limit: number
  /** Rows to skip. */
  readonly offset?: number
}

/**
 * What stands before the caller's query. The slow statements of `rowgate.diagnostics` know a caller's by it.
 */
export const LEAD = 'select * from (\n'

/**
 * Wraps a query that the guard has accepted; `extent` is the verdict's, and cuts off semicolons. The line
 * breaks end a trailing `--` comment. One row more than the limit is asked for, to know whether there are
 * more.
 */
export function wrap(query: string, extent: Extent, { limit, offset = 0 }: RowRange): string {
  const skip = offset === 0 ? '' : ` offset ${offset}`
  return `${LEAD}${statementOf(query, extent)}\n) q limit ${limit + 1}${skip}`
}

/** What stands before a statement that runs with a digest. */
export const DIGEST_LEAD = `${LEAD}select q.*, pg_catalog.sum(pg_catalog.hashtextextended(row(q.*)::text, 0)) over (rows unbounded preceding) from (${LEAD}`

/**
 * The same with one more column, the digest of a row and all rows before it, whatever their order: a sum of
 * hashes. The page begins one row early where it skips any: that row's digest tells whether the rows before
 * are those that were given.
 */
export function wrapWithDigest(statement: string, { limit, offset = 0 }: RowRange): string {
  const skip = offset === 0 ? '' : ` offset ${offset - 1}`
  return `${DIGEST_LEAD}${statement}\n) q limit ${offset + limit + 1}) q) q${skip}`
}

export function statementOf(query: string, { start, length }: Extent): string {
  const bytes = new TextEncoder().encode(query)
  return new TextDecoder().decode(bytes.subarray(start, length === 0 ? bytes.length : start + length))
}
