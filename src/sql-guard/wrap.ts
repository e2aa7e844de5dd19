/** Wraps the caller's statement in a derived table, where Postgres refuses a WITH that writes. */

import type { Extent } from './guard.ts'

export interface RowRange {
  /** Rows at most. */
  readonly limit: number
  /** Rows to skip. */
  readonly offset?: number
}

/** The text in front of the caller's query. `rowgate.diagnostics` recognises callers' statements by it. */
export const LEAD = 'select * from (\n'

/**
 * Wraps an accepted query; `extent` is the verdict's, and cuts off semicolons. The line breaks end a trailing
 * `--` comment. It asks for one row more than the limit, to know whether there are more.
 */
export function wrap(query: string, extent: Extent, { limit, offset = 0 }: RowRange): string {
  const skip = offset === 0 ? '' : ` offset ${offset}`
  return `${LEAD}${statementOf(query, extent)}\n) q limit ${limit + 1}${skip}`
}

/** The text in front of a statement that runs with a digest. */
export const DIGEST_LEAD = `${LEAD}select q.*, pg_catalog.sum(pg_catalog.hashtextextended(row(q.*)::text, 0)) over (rows unbounded preceding) from (${LEAD}`

/**
 * Adds a column, the digest of a row and all rows before it in any order: a sum of hashes. A later page
 * begins one row early: that row's digest shows whether the rows before are still the same.
 */
export function wrapWithDigest(statement: string, { limit, offset = 0 }: RowRange): string {
  const skip = offset === 0 ? '' : ` offset ${offset - 1}`
  return `${DIGEST_LEAD}${statement}\n) q limit ${offset + limit + 1}) q) q${skip}`
}

/** A statement without the semicolons around it, and the characters in front of it. */
export function statementIn(text: string, extent: Extent): { query: string; before: number } {
  const { start } = extent
  const before = start === 0 ? 0 : [...statementOf(text, { start: 0, length: start })].length
  return { query: statementOf(text, extent), before }
}

function statementOf(query: string, { start, length }: Extent): string {
  const bytes = new TextEncoder().encode(query)
  return new TextDecoder().decode(bytes.subarray(start, length === 0 ? bytes.length : start + length))
}
