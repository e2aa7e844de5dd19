/** What an engine's error means to a caller. Each engine has a table of its own; what is made of an entry is one thing. */

import { type ErrorCode, RowgateError } from '../infra/errors.ts'

export type Meaning = readonly [code: ErrorCode, message: string, retryable?: 'retryable']

/** `cause` is the driver's error: it is kept for the log, and nothing of its text is in the result. */
export function meant(
  [code, message, retryable]: Meaning,
  cause: unknown,
  details?: Readonly<Record<string, unknown>>,
): RowgateError {
  return new RowgateError(code, message, {
    cause,
    retryable: retryable === 'retryable',
    ...(details !== undefined && { details }),
  })
}
