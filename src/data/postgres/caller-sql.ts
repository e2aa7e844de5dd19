/** Caller-written SQL in Postgres: the statements that run it, its errors, and its rows as text. */

import type { HTTPQueryOptions } from '@neondatabase/serverless'
import { RowgateError } from '../../infra/errors.ts'
import type { CallerStatement, TextRows } from './capability.ts'
import type { Result } from './driver.ts'
import { isServerError } from './errors.ts'

/**
 * Opens the transaction. Pins the settings that the guard assumed (`search_path`,
 * `standard_conforming_strings`). `cpu_operator_cost = 0` keeps the planner from running a cheap LEAKPROOF
 * condition before the row-security policy: a subquery in it would run once for each hidden row, and its
 * error or delay would reveal the row.
 */
export const ENTER_CALLER_SQL =
  "select rowgate.enter($1, 'read', $2), pg_catalog.set_config('search_path', $3, true), pg_catalog.set_config('standard_conforming_strings', 'on', true), pg_catalog.set_config('cpu_operator_cost', '0', true)"
const LIMIT_PLAN = 'select rowgate.limit_plan($1, $2::text[], $3)'
const EXPLAIN = { expected: 'explain (format json) ', run: 'explain (analyze, format json) ' } as const

/**
 * The statements that run the caller's. EXPLAIN of it comes first: the extended protocol takes one statement,
 * so a second one in the text is refused here, and so is what Postgres cannot parse. Then
 * `rowgate.limit_plan` checks the cost, and then the statement runs. Nothing is prepared by name outside that
 * function: poolers do not keep a session's statements.
 */
export function callerStatements({ text, parameters, explain }: CallerStatement, maxPlanCost: number) {
  const check = [EXPLAIN.expected + text, parameters] as const
  if (explain === 'expected') return [check]
  const run = [`${explain === undefined ? '' : EXPLAIN[explain]}${text}`, parameters] as const
  return [check, [LIMIT_PLAN, [text, parameters, maxPlanCost]] as const, run]
}

/**
 * SQLSTATEs whose position is in the text: the statement makes no sense, or a literal does not fit its type.
 * Postgres gives a position for them only while it parses the text, never for a value that it met in a row.
 */
const IN_THE_TEXT = /^(?:42...|22P02|22007|22008|22003)$/

/**
 * SQLSTATEs about one name or literal: column, table, function or operator, ambiguous column, column outside
 * GROUP BY, type, table twice, place in ORDER BY, literals of the wrong form.
 */
const ABOUT_A_NAME: ReadonlySet<unknown> = new Set([
  ...['42703', '42P01', '42883', '42702', '42803', '42704', '42712', '42P10', '42P20'],
  ...['22P02', '22007', '22008', '22003'],
])

/** The same error with its place, where Postgres gave a position in the caller's text. */
export function callerSqlError(error: unknown, { placeAt }: CallerStatement): unknown {
  if (!(error instanceof RowgateError && isServerError(error.cause))) return error
  const { code, message, details, cause, retryable } = error
  const sqlstate = cause.code
  // The position counts from the beginning of the first statement, which is the text behind its EXPLAIN.
  const position = Number(cause.position) - EXPLAIN.expected.length
  const place = position > 0 && IN_THE_TEXT.test(sqlstate) ? placeAt?.(position) : undefined
  if (place === undefined) return error
  const named = ABOUT_A_NAME.has(sqlstate) ? `At \`${place.subject}\`: ${message}` : message
  return new RowgateError(code, named, { details: { ...details, ...place }, cause, retryable })
}

/** An older server may have somebody's own function of the same name. */
export function refuseOlder(version: number, { name, since }: NonNullable<CallerStatement['newest']>): void {
  if (version >= since) return
  throw new RowgateError(
    'QUERY_REJECTED',
    `\`${name}\` needs PostgreSQL ${since}, and this server is PostgreSQL ${version}; write it in another way.`,
    { details: { subject: name } },
  )
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * The value of `search_path`, with `pg_temp` last: where it is not named Postgres searches it first, and a
 * temporary table left on the connection would hide a table.
 */
export function searchPathOf(schemas: readonly string[]): string {
  return [...schemas.map(quoted), 'pg_temp'].join(', ')
}

/**
 * Values as the text that Postgres printed. In a batch the driver takes this from each statement, and from
 * nowhere else.
 */
export const AS_TEXT: HTTPQueryOptions<boolean, boolean> = {
  types: { getTypeParser: () => (text: string) => text },
}

export function textRows(result: Result | undefined): TextRows {
  if (result === undefined) throw new Error('The database answered fewer statements than it was sent.')
  return {
    columns: result.fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })),
    rows: result.rows.map((row) => row.map((value: unknown) => (value === null ? null : String(value)))),
  }
}
