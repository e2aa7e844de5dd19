/** Maps an engine's error to a RowgateError. Each engine has a table of its own in its errors.ts. */

import { type ErrorCode, RowgateError } from '../infra/errors.ts'

export type ErrorMapping = readonly [code: ErrorCode, message: string, retryable?: 'retryable']

/** `cause` is the driver's error: only the log gets it, and none of its text is in the result. */
export function mappedError(
  [code, message, retryable]: ErrorMapping,
  cause: unknown,
  details?: Readonly<Record<string, unknown>>,
): RowgateError {
  return new RowgateError(code, message, {
    cause,
    retryable: retryable === 'retryable',
    ...(details !== undefined && { details }),
  })
}
