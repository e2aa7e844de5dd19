/**
 * Maps MongoDB's errors: our code and our message. MongoDB's own text may contain values, so none of it is
 * passed on.
 */

import type { RowgateError } from '../../infra/errors.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'

const BUSY: ErrorMapping = ['UNAVAILABLE', 'MongoDB is busy or restarting; try again shortly.', 'retryable']
const UNREACHABLE: ErrorMapping = [
  'UNAVAILABLE',
  'MongoDB cannot be reached; try again shortly.',
  'retryable',
]
const REFUSED_LOGIN: ErrorMapping = [
  'UNAVAILABLE',
  'MongoDB refused the login; its operator has to check MONGODB_URL.',
]
const MISWRITTEN: ErrorMapping = ['UNAVAILABLE', 'MONGODB_URL is not valid; its operator has to correct it.']
const SENSELESS: ErrorMapping = ['QUERY_REJECTED', 'MongoDB cannot understand the query.']
const TOO_COMPLEX: ErrorMapping = [
  'QUERY_REJECTED',
  'The query takes more memory than allowed; ask for less.',
]
const TOO_SLOW: ErrorMapping = [
  'QUERY_TIMEOUT',
  'The query took longer than allowed; ask for less, or filter more.',
]
const UNKNOWN: ErrorMapping = ['DATABASE_ERROR', 'MongoDB could not do this; the log has the reason.']

/** Codes from here on are assertions in operators: the query gave them arguments of the wrong kind. */
const FIRST_ASSERTION = 15_000

/** By MongoDB's error code. */
const MAPPINGS: Readonly<Record<number, ErrorMapping>> = {
  2: SENSELESS,
  9: SENSELESS,
  14: SENSELESS,
  15: SENSELESS,
  52: SENSELESS,
  56: SENSELESS,
  159: SENSELESS,
  168: SENSELESS,
  // ConversionFailure: `$toInt` of a text that is not a number, and the like.
  241: SENSELESS,
  6: BUSY,
  7: BUSY,
  89: BUSY,
  91: BUSY,
  189: BUSY,
  10107: BUSY,
  11600: BUSY,
  11602: BUSY,
  13435: BUSY,
  13436: BUSY,
  13: REFUSED_LOGIN,
  18: REFUSED_LOGIN,
  8000: REFUSED_LOGIN,
  50: TOO_SLOW,
  262: TOO_SLOW,
  146: TOO_COMPLEX,
  292: TOO_COMPLEX,
  10334: TOO_COMPLEX,
  11000: ['CONFLICT', 'A document with the same unique value exists already.'],
}

export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === 11000
}

/** `cause` is the driver's error. One that the server did not send means that it did not answer. */
export function toRowgateError(cause: unknown): RowgateError {
  return mappedError(isMiswritten(cause) ? MISWRITTEN : mappingOf(codeOf(cause)), cause)
}

/** Driver errors about invalid settings, thrown before it looks for a server. */
function isMiswritten(error: unknown): boolean {
  return error instanceof Error && /^Mongo(?:Parse|InvalidArgument|MissingCredentials)Error$/.test(error.name)
}

function mappingOf(code: number | undefined): ErrorMapping {
  if (code === undefined) return UNREACHABLE
  return MAPPINGS[code] ?? (code >= FIRST_ASSERTION ? SENSELESS : UNKNOWN)
}

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error) || !/^Mongo(?:Server|Write)\w*Error$/.test(error.name))
    return
  return typeof error.code === 'number' ? error.code : undefined
}
