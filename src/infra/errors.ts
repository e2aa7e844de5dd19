/** The one error class and its codes. Messages are our own and public; a driver's text is only a `cause`. */

export const ERROR_CODES = [
  'VALIDATION_ERROR',
  'AUTHORIZATION_ERROR',
  'NOT_FOUND',
  'CONFLICT',
  'CONFIRMATION_REQUIRED',
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

/** Codes of a caller's own mistakes. They are not logged as failures. */
const CALLERS_CODES: ReadonlySet<ErrorCode> = new Set([
  'VALIDATION_ERROR',
  'AUTHORIZATION_ERROR',
  'NOT_FOUND',
  'CONFLICT',
  'CONFIRMATION_REQUIRED',
  'QUERY_REJECTED',
  'RESULT_TOO_LARGE',
  'RATE_LIMITED',
])

export function isCallersError(error: unknown): boolean {
  return error instanceof RowgateError && CALLERS_CODES.has(error.code)
}

interface Extras {
  /** Whether the same call may succeed if it is sent again unchanged. */
  retryable?: boolean
  /** Plain JSON that helps the caller to repair the call. Public, like the message. */
  details?: Readonly<Record<string, unknown>>
  /** The underlying error: for the log, never for a caller. */
  cause?: unknown
}

/** A public error. `message` says what was wrong, what the rule is and what to do. */
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

/** The client disconnected or cancelled. Nobody reads this error, and it is not logged. */
export function cancelledError(cause?: unknown): RowgateError {
  return new RowgateError('UNAVAILABLE', 'The call was cancelled.', { cause })
}
