/**
 * The one error class, its codes, and nothing that a driver said: a message here is written by us and may
 * leave.
 */

export const ERROR_CODES = [
  'VALIDATION_ERROR',
  'AUTHORIZATION_ERROR',
  'NOT_FOUND',
  'CONFLICT',
  'QUERY_REJECTED',
  'QUERY_TIMEOUT',
  'RESULT_TOO_LARGE',
  'RATE_LIMITED',
  'DATABASE_ERROR',
  'UNAVAILABLE',
  'UNSAFE_DATABASE_ROLE',
  'INTERNAL',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** Codes of a caller's own mistake: it is answered, and not logged as a failure of ours or a database's. */
const CALLERS_CODES: ReadonlySet<ErrorCode> = new Set([
  'VALIDATION_ERROR',
  'AUTHORIZATION_ERROR',
  'NOT_FOUND',
  'CONFLICT',
  'QUERY_REJECTED',
  'RESULT_TOO_LARGE',
  'RATE_LIMITED',
])

export function isCallersError(thrown: unknown): boolean {
  return thrown instanceof RowgateError && CALLERS_CODES.has(thrown.code)
}

interface Extras {
  /** Whether the same call may succeed when it is simply sent again. */
  retryable?: boolean
  /** Plain JSON that helps the caller repair the call; public, like the message. */
  details?: Readonly<Record<string, unknown>>
  /** What really happened. It goes to the log and never to a caller. */
  cause?: unknown
}

/** An error that may be shown: `message` says what was wrong, what the rule is and what to do. */
export class RowgateError extends Error {
  override readonly name = 'RowgateError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: ErrorCode, message: string, extras: Extras = {}) {
    super(message, { cause: extras.cause })
    this.code = code
    this.retryable = extras.retryable ?? false
    this.details = extras.details
  }
}

/** The client has gone or has cancelled: nobody reads this, and the log leaves it out. */
export function cancelledError(cause?: unknown): RowgateError {
  return new RowgateError('UNAVAILABLE', 'The call was cancelled.', { cause })
}
