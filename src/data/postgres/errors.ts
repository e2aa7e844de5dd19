/**
 * Maps Postgres' errors: our code, our message, and whether the same call may succeed when it is sent again.
 */

import { RowgateError } from '../../infra/errors.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'
import { knownCase } from './error-cases.ts'

const BUSY: ErrorMapping = [
  'UNAVAILABLE',
  'The database is busy or restarting; try again shortly.',
  'retryable',
]
const REFUSED_LOGIN: ErrorMapping = [
  'UNAVAILABLE',
  "The database refused the login; its operator has to check DATABASE_URL, HYPERDRIVE_POSTGRES or what the source's `connect` names.",
]
const NOT_MIGRATED: ErrorMapping = [
  'UNAVAILABLE',
  'The database has not been set up for this version; its operator has to run `npm run db:migrate`.',
]
const RACED: ErrorMapping = [
  'CONFLICT',
  'Another call changed the same rows at the same time; try again.',
  'retryable',
]
const TOO_SLOW: ErrorMapping = [
  'QUERY_TIMEOUT',
  'The statement took longer than allowed; ask for less, or filter more.',
]
const TOO_COMPLEX: ErrorMapping = [
  'QUERY_REJECTED',
  'The statement is too large or too complex for the database.',
]
const UNTYPED: ErrorMapping = [
  'QUERY_REJECTED',
  'The type of a parameter is not clear here; cast it, as in `$1::date`.',
]
const UNKNOWN: ErrorMapping = ['DATABASE_ERROR', 'The database could not do this; the log has the reason.']

/** By SQLSTATE, or by its class, the first two characters. Ours, raised by `rowgate.enter`, begin with RG. */
const MAPPINGS: Readonly<Record<string, ErrorMapping>> = {
  RG001: [
    'UNSAFE_DATABASE_ROLE',
    "The database login could bypass row security, so nothing runs with it. Its operator has to put the restricted login into DATABASE_URL, HYPERDRIVE_POSTGRES or what the source's `connect` names.",
  ],
  RG002: [
    'UNAVAILABLE',
    "The database did not accept this server's seal. Its operator has to check that the IDENTITY_KEY is installed, and the clocks.",
  ],
  RG003: [
    'QUERY_REJECTED',
    'The query would take too much work. Filter more, join on keys, or aggregate in steps; `explain_query` shows where the cost is.',
  ],
  RG004: [
    'UNAVAILABLE',
    "The database did not accept this server's audit row, so nothing was changed. Its operator has to check the clocks.",
  ],
  RG005: [
    'CONFLICT',
    'This idempotency key was used before with other arguments, so nothing was changed. Use a new key for another write.',
  ],
  RG006: ['CONFLICT', 'This idempotency key was used before, so nothing was changed.'],
  RG007: [
    'CONFLICT',
    'It would write another number of rows than was confirmed, so nothing was changed; call again to ask anew.',
  ],
  RG009: [
    'RATE_LIMITED',
    'Too many writes of yours wait to be approved, so nothing was done. They end after ten minutes.',
  ],
  RG010: [
    'AUTHORIZATION_ERROR',
    'A write is approved with another client than the one that asked for it, so nothing was changed.',
  ],

  '08': BUSY,
  '53': BUSY,
  '57': BUSY,
  '58': BUSY,
  '28': REFUSED_LOGIN,
  '3D': REFUSED_LOGIN,
  '3F': NOT_MIGRATED,

  '25006': ['QUERY_REJECTED', 'This call may only read, and the statement writes.'],
  '25P03': TOO_SLOW,
  '25P04': TOO_SLOW,
  '57014': TOO_SLOW,

  '40': RACED,
  '55P03': RACED,
  '23505': ['CONFLICT', 'A row with the same unique value exists already.'],
  '23503': ['CONFLICT', 'The row refers to one that does not exist, or others refer to it.'],
  '23502': ['VALIDATION_ERROR', 'A required value is missing.'],
  '23': ['VALIDATION_ERROR', "A value breaks one of the table's rules."],

  '22001': ['VALIDATION_ERROR', 'A text is longer than its column allows.'],
  '22003': ['VALIDATION_ERROR', 'A number is out of range.'],
  '22007': ['VALIDATION_ERROR', 'A date or time is not written as one, such as 2024-03-10 or 18:30.'],
  '22008': ['VALIDATION_ERROR', 'A date or time does not exist, or is too far away.'],
  '22012': ['VALIDATION_ERROR', 'Division by zero.'],
  '22021': ['VALIDATION_ERROR', 'A text holds a character that the database cannot keep, such as U+0000.'],
  '22P02': ['VALIDATION_ERROR', 'A value is not valid for its type.'],
  '22': ['VALIDATION_ERROR', 'A value does not fit its type, or what the statement does with it.'],

  '44000': [
    'AUTHORIZATION_ERROR',
    'The row would not be among those that this caller may write, so nothing was changed.',
  ],
  '42501': ['AUTHORIZATION_ERROR', 'The database does not allow this caller to do that.'],
  '42P01': ['QUERY_REJECTED', 'The statement names a table that does not exist.'],
  '42703': ['QUERY_REJECTED', 'The statement names a column that does not exist.'],
  '42702': ['QUERY_REJECTED', 'A column name is ambiguous; put the table in front of it.'],
  '42883': ['QUERY_REJECTED', 'No such function or operator for arguments of these types.'],
  '42803': ['QUERY_REJECTED', 'Columns outside an aggregate must be in GROUP BY.'],
  '42712': ['QUERY_REJECTED', 'A table stands twice in FROM under one name; give each an alias of its own.'],
  '42P10': [
    'QUERY_REJECTED',
    'A number in ORDER BY or GROUP BY counts the columns of the SELECT list, and there are fewer.',
  ],
  '42804': ['QUERY_REJECTED', 'The types of the values do not fit together.'],
  '42P08': UNTYPED,
  '42P18': UNTYPED,
  '42601': ['QUERY_REJECTED', 'The statement is not valid SQL.'],
  '42': ['QUERY_REJECTED', 'The database cannot understand the statement.'],
  '21000': ['QUERY_REJECTED', 'A subquery that must give one row gave several.'],
  '0A': ['QUERY_REJECTED', 'The database does not support this statement.'],
  '54': TOO_COMPLEX,
  '53200': TOO_COMPLEX,
  '53400': TOO_COMPLEX,
}

const SQLSTATE = /^[0-9A-Z]{5}$/
const NO_FUNCTION = '42883'

export function isSqlstate(code: unknown): code is string {
  return typeof code === 'string' && SQLSTATE.test(code)
}

/**
 * The transaction was certainly rolled back: a serialisation failure, a deadlock, a server that accepts no
 * login.
 */
const ROLLED_BACK: ReadonlySet<string> = new Set(['40001', '40P01', '57P03', '53300'])

/** The connection broke or the server went down: the transaction may have been committed. */
const CONNECTION_LOST = /^(?:08...|57P0[12])$/

/**
 * Maps a driver's error. `unreachable` is for an error without an answer. Only the log gets the cause; none
 * of its text is in the result.
 */
export function toRowgateError(cause: unknown, unreachable: ErrorMapping): RowgateError {
  if (isServerError(cause)) return errorOfSqlstate(cause.code, cause)
  // Our own fetch refused the endpoint's response, which Neon's driver puts into an error of its own.
  const source = cause instanceof Error && 'sourceError' in cause ? cause.sourceError : undefined
  return source instanceof RowgateError ? source : mappedError(unreachable, loggable(cause))
}

/** The server's own error. */
interface ServerError extends Error {
  readonly severity: string
  /** The SQLSTATE. */
  readonly code: string
  readonly position?: string | undefined
}

/**
 * Each driver has its own class for it. A socket's error has a code too, such as ECONNRESET, but no severity.
 */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'severity' in error && 'code' in error && isSqlstate(error.code)
}

/**
 * A function of ours in Postgres' message, whatever its language. A caller's SQL cannot name one, so the
 * database is older than the Worker.
 */
const FUNCTION_OF_OURS = /\browgate\.\w+\(/

function errorOfSqlstate(sqlstate: string, cause: unknown): RowgateError {
  const words = cause instanceof Error ? cause.message : ''
  if (sqlstate === NO_FUNCTION && FUNCTION_OF_OURS.test(words))
    return mappedError(NOT_MIGRATED, cause, { sqlstate })
  if (sqlstate === 'RG008') return mappedError(missingClaim(words), cause, { sqlstate })
  const mapping =
    knownCase(sqlstate, words) ?? MAPPINGS[sqlstate] ?? MAPPINGS[sqlstate.slice(0, 2)] ?? UNKNOWN
  return mappedError(mapping, cause, { sqlstate })
}

/** `rowgate.claim` raises the claim's name, which is the operator's. */
function missingClaim(name: string): ErrorMapping {
  const message = `This needs the claim \`${name}\` of your token, a text, a number or a boolean, and yours has none. Sign in with an account that has it, or ask the operator.`
  return ['AUTHORIZATION_ERROR', message]
}

/** Drops a parse error, which quotes its input: a body that is not JSON may contain anything. */
export function loggable(cause: unknown): unknown {
  return cause instanceof SyntaxError ? new Error('The answer is not JSON.') : cause
}

/** A refusal by the endpoint counts as an answer: it would be the same again. */
export function hasAnswered(error: Error): boolean {
  const sqlstate = sqlstateOf(error)
  if (sqlstate !== undefined) return !CONNECTION_LOST.test(sqlstate) && sqlstate !== '57P03'
  return !(error instanceof RowgateError && error.code === 'UNAVAILABLE' && error.retryable)
}

export function mayRetry(error: RowgateError, repeatable: boolean): boolean {
  const sqlstate = sqlstateOf(error)
  if (sqlstate === undefined) return repeatable
  return ROLLED_BACK.has(sqlstate) || (repeatable && CONNECTION_LOST.test(sqlstate))
}

/** Whether the database lacks functions of ours, or all of them. */
export function isNotMigrated(error: unknown): boolean {
  return error instanceof RowgateError && error.message === NOT_MIGRATED[1]
}

/** Table, column, function. */
const MISSING = /^42(?:P01|703|883)$/

/** An error of a statement that we wrote. What it names and the database lacks, a migration brings. */
export function errorOfOurs(error: unknown): unknown {
  if (!(error instanceof RowgateError) || !MISSING.test(sqlstateOf(error) ?? '')) return error
  return mappedError(NOT_MIGRATED, error.cause, error.details)
}

export function sqlstateOf(error: unknown): string | undefined {
  const sqlstate = error instanceof RowgateError ? error.details?.sqlstate : undefined
  return typeof sqlstate === 'string' ? sqlstate : undefined
}
