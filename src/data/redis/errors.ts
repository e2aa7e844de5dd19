/**
 * Maps Redis' errors: our code and our message. Redis' own text may contain a key, so none of it is passed
 * on.
 */

import type { RowgateError } from '../../infra/errors.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'

const BUSY: ErrorMapping = ['UNAVAILABLE', 'Redis is busy or restarting; try again shortly.', 'retryable']
const REFUSED_LOGIN: ErrorMapping = [
  'UNAVAILABLE',
  'Redis refused the login; its operator has to check REDIS_URL.',
]
const FULL: ErrorMapping = ['UNAVAILABLE', 'Redis is full; let entries expire or delete some.', 'retryable']
const UNREACHABLE: ErrorMapping = ['UNAVAILABLE', 'Redis cannot be reached; try again shortly.', 'retryable']
const UNKNOWN: ErrorMapping = ['DATABASE_ERROR', 'Redis could not do this; the log has the reason.']

/** By the word in capitals at the beginning of an error reply. */
const MAPPINGS: Readonly<Record<string, ErrorMapping>> = {
  WRONGPASS: REFUSED_LOGIN,
  NOAUTH: REFUSED_LOGIN,
  NOPERM: REFUSED_LOGIN,
  OOM: FULL,
  BUSY,
  LOADING: BUSY,
  READONLY: BUSY,
  MASTERDOWN: BUSY,
  CLUSTERDOWN: BUSY,
  TRYAGAIN: BUSY,
  MISCONF: BUSY,
  ERR: UNKNOWN,
  WRONGTYPE: UNKNOWN,
}

/** Over REST the client puts its own text before the reply. */
const WORD = /^(?:Command failed: )?([A-Z]+)\b/

/**
 * Over REST the client appends the command with its values to the error. That text is dropped, in the log
 * too.
 */
const REPEATED = /, command was: .*$/s

function withoutCommand(cause: unknown): unknown {
  if (!(cause instanceof Error && REPEATED.test(cause.message))) return cause
  return new Error(cause.message.replace(REPEATED, ''))
}

/** `cause` is the driver's error. One that is no reply of the server means that there was none. */
export function toRowgateError(cause: unknown): RowgateError {
  const word = cause instanceof Error ? WORD.exec(cause.message)?.[1] : undefined
  return mappedError(MAPPINGS[word ?? ''] ?? UNREACHABLE, withoutCommand(cause))
}
