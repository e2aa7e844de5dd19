/**
 * The name that the database stumbled over, for the caller's eyes. It is cut out of the caller's own text, at
 * the place that the database gave; the database's words, which may hold anything, are not used.
 */

import { RowgateError } from '../infra/errors.ts'

const PART = /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)/u.source
/** A name with what stands before it, or an operator. */
const NAME = new RegExp(`^${PART}(?:\\s*\\.\\s*${PART})*`, 'u')
/** A string constant, and the number of a column in ORDER BY. */
const LITERAL = /^(?:'(?:[^']|'')*'|\d+(?:\.\d+)?)/
const OPERATOR = /^[-+*/<>=~!@#%^&|`?]+/

/** Characters; Postgres' own names have 63, and three of them make a column. */
const MAX_CULPRIT = 200

/**
 * SQLSTATEs that are about a name or a literal: column, table, function or operator, ambiguous column, column
 * outside GROUP BY, type, table twice, place in ORDER BY, literals of the wrong form.
 */
const ABOUT_A_NAME: ReadonlySet<unknown> = new Set([
  ...['42703', '42P01', '42883', '42702', '42803', '42704', '42712', '42P10', '42P20'],
  ...['22P02', '22007', '22008', '22003'],
])

/**
 * The same error, saying what in `query` it is about, where that is known. `lead` is what was put before the
 * query.
 */
export function blame(error: unknown, query: string, lead: string): unknown {
  if (!(error instanceof RowgateError)) return error
  const { position, ...details } = error.details ?? {}
  if (typeof position !== 'number') return error
  const at = position - 1 - lead.length
  const subject = at < 0 ? undefined : culpritAt(query, at)
  const cause = { cause: error.cause, retryable: error.retryable }
  if (subject === undefined) return new RowgateError(error.code, error.message, { details, ...cause })
  const message = ABOUT_A_NAME.has(details.sqlstate) ? `At \`${subject}\`: ${error.message}` : error.message
  return new RowgateError(error.code, message, { details: { ...details, subject }, ...cause })
}

/** `at` counts characters as Postgres does, not the units of a JavaScript string. */
function culpritAt(query: string, at: number): string | undefined {
  const rest = [...query].slice(at, at + MAX_CULPRIT).join('')
  return LITERAL.exec(rest)?.[0] ?? NAME.exec(rest)?.[0] ?? OPERATOR.exec(rest)?.[0]
}
