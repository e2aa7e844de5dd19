/**
 * Maps MySQL's and MariaDB's errors: our code, our message, and whether the same call may succeed when it is
 * sent again.
 */

import { DrizzleQueryError } from 'drizzle-orm/errors'
import { RowgateError } from '../../infra/errors.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'

const BUSY: ErrorMapping = ['UNAVAILABLE', 'MySQL is busy or restarting; try again shortly.', 'retryable']
const UNREACHABLE: ErrorMapping = ['UNAVAILABLE', 'MySQL cannot be reached; try again shortly.', 'retryable']
const NOT_SECURE: ErrorMapping = [
  'UNAVAILABLE',
  'A secure connection to MySQL failed. Try again shortly; if it lasts, its operator has to check the certificate.',
  'retryable',
]
const NO_TLS: ErrorMapping = [
  'UNAVAILABLE',
  'MySQL offers no TLS, which is required; its operator has to check MYSQL_URL.',
]
const REFUSED_LOGIN: ErrorMapping = [
  'UNAVAILABLE',
  'MySQL refused the login; its operator has to check MYSQL_URL or HYPERDRIVE_MYSQL.',
]
const NOT_MIGRATED: ErrorMapping = [
  'UNAVAILABLE',
  'MySQL has not been set up; its operator has to run `npm run db:migrate`.',
]
const NOT_ALLOWED: ErrorMapping = [
  'UNAVAILABLE',
  "MySQL does not let this server's login do that; its operator has to grant it.",
]
const RACED: ErrorMapping = [
  'CONFLICT',
  'Another call changed the same rows at the same time; try again.',
  'retryable',
]
const TOO_SLOW: ErrorMapping = ['QUERY_TIMEOUT', 'The statement took longer than allowed; filter more.']
const DUPLICATE: ErrorMapping = ['CONFLICT', 'A row with the same unique value exists already.']
const REFERENCED: ErrorMapping = [
  'CONFLICT',
  'The row refers to one that does not exist, or others refer to it.',
]
const MISSING: ErrorMapping = ['VALIDATION_ERROR', 'A required value is missing.']
const BROKEN_RULE: ErrorMapping = ['VALIDATION_ERROR', "A value breaks one of the table's rules."]
const MISFIT: ErrorMapping = ['VALIDATION_ERROR', 'A value does not fit its column.']
const READ_ONLY: ErrorMapping = ['QUERY_REJECTED', 'This call may only read, and the statement writes.']
const UNKNOWN: ErrorMapping = ['DATABASE_ERROR', 'MySQL could not do this; the log has the reason.']

/** By the server's error number, with both servers' numbers where they differ. */
const BY_NUMBER: ReadonlyMap<number, ErrorMapping> = new Map([
  ...mapping(BUSY, 1040, 1053, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1927, 4031),
  ...mapping(REFUSED_LOGIN, 1044, 1045, 1049, 1129, 1130, 1251, 1524, 1698, 1862, 3118, 3159, 4151),
  ...mapping(NOT_MIGRATED, 1054, 1146),
  ...mapping(NOT_ALLOWED, 1142, 1143, 1227, 1370),
  ...mapping(RACED, 1020, 1205, 1213, 3572),
  ...mapping(TOO_SLOW, 1317, 1969, 3024),
  ...mapping(DUPLICATE, 1062, 1586),
  ...mapping(REFERENCED, 1451, 1452),
  ...mapping(MISSING, 1048, 1364),
  ...mapping(BROKEN_RULE, 3819, 4025),
  ...mapping(MISFIT, 1264, 1265, 1292, 1366, 1406, 1690, 3988),
  ...mapping(READ_ONLY, 1792),
  ...mapping(BUSY, 1290, 1836),
])

function mapping(of: ErrorMapping, ...numbers: readonly number[]): (readonly [number, ErrorMapping])[] {
  return numbers.map((number) => [number, of])
}

/**
 * Maps the driver's error, which goes to the log and whose text is not in the result. Drizzle's error around
 * it is dropped, because it repeats the statement's values. An error that the server did not send is one of
 * the connection.
 */
export function toRowgateError(error: unknown): Error {
  const cause = error instanceof DrizzleQueryError ? error.cause : error
  if (cause instanceof RowgateError) return cause
  const server = serverError(cause)
  if (server !== undefined) {
    return mappedError(BY_NUMBER.get(server.errno) ?? UNKNOWN, cause, { errno: server.errno })
  }
  const mapping = mappingOfConnection(cause)
  return mapping === undefined ? asError(cause) : mappedError(mapping, cause)
}

/** SQLSTATE 40001: the server rolled the whole transaction back. */
const DEADLOCK = 1213

export function isDeadlock({ details }: RowgateError): boolean {
  return details?.errno === DEADLOCK
}

/**
 * The error of a transaction whose COMMIT was sent and not answered. With an answer, even a refusal, the
 * outcome is certain.
 */
export function uncertain(cause: unknown): unknown {
  if (!(cause instanceof RowgateError) || cause.details?.errno !== undefined) return cause
  return new RowgateError(
    'UNAVAILABLE',
    'MySQL did not confirm the change in time: it may have been made. Check before you send it again.',
    { cause },
  )
}

/** The server's own errors have a number and a SQLSTATE; a socket's have neither. */
function serverError(cause: unknown): { errno: number } | undefined {
  for (const error of chain(cause)) {
    if ('errno' in error && typeof error.errno === 'number' && 'sqlState' in error && error.sqlState) {
      return { errno: error.errno }
    }
  }
  return undefined
}

/** Error codes of the driver and the runtime; workerd's socket errors have a text only. */
const NETWORK_ERROR =
  /^(ECONN|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EPIPE|EAI_|PROTOCOL_)|network|connection|socket|proxy request failed/i

/** The mapping of a connection error, if it is one. */
function mappingOfConnection(cause: unknown): ErrorMapping | undefined {
  for (const error of chain(cause)) {
    const code = 'code' in error ? String(error.code) : ''
    if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return NO_TLS
    if (code === 'HANDSHAKE_SSL_ERROR') return NOT_SECURE
    if (NETWORK_ERROR.test(code) || NETWORK_ERROR.test(error.message)) return UNREACHABLE
  }
  return undefined
}

function chain(cause: unknown): Error[] {
  const errors: Error[] = []
  for (let error = cause; error instanceof Error && errors.length < 4; error = error.cause) errors.push(error)
  return errors
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause))
}
