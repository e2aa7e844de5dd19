/** Maps D1's errors: our code, our message, and whether the same call may succeed when it is sent again. */

import { RowgateError } from '../../infra/errors.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'

const UNKNOWN: ErrorMapping = ['DATABASE_ERROR', 'D1 could not do this; the log has the reason.']

/** D1 has no error codes: its message contains SQLite's, or text of the service. The first match counts. */
const MAPPINGS: readonly (readonly [pattern: RegExp, ...ErrorMapping])[] = [
  [
    /no such table|no such column/,
    'UNAVAILABLE',
    'D1 has not been set up; its operator has to run `npx wrangler d1 migrations apply DB --remote`.',
  ],
  [
    /SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)|UNIQUE constraint/,
    'CONFLICT',
    'A row with the same unique value exists already.',
  ],
  [/FOREIGN KEY constraint/, 'CONFLICT', 'The row refers to one that does not exist, or others refer to it.'],
  [/SQLITE_CONSTRAINT|constraint failed/, 'VALIDATION_ERROR', "A value breaks one of the table's rules."],
  [/SQLITE_TOOBIG|too big|SQLITE_MISMATCH/, 'VALIDATION_ERROR', 'A value does not fit its column.'],
  [/fts5:|malformed MATCH|unterminated string/, 'QUERY_REJECTED', 'The text cannot be searched for.'],
  [
    /timed? ?out|exceeded its CPU|took too long/i,
    'QUERY_TIMEOUT',
    'The statement took longer than allowed; filter more.',
  ],
  [
    /overloaded|SQLITE_BUSY|locked|reset|Network connection lost|internal error|storage operation/i,
    'UNAVAILABLE',
    'D1 is busy or restarting; try again shortly.',
    'retryable',
  ],
]

/**
 * `cause` is the binding's error, as it is: Drizzle wraps nothing that a batch throws. It goes to the log.
 */
export function toRowgateError(cause: unknown): RowgateError {
  if (cause instanceof RowgateError) return cause
  const text = textOf(cause)
  const known = MAPPINGS.find(([pattern]) => pattern.test(text))
  if (known === undefined) return mappedError(UNKNOWN, cause)
  const [, ...mapping] = known
  return mappedError(mapping, cause)
}

function textOf(cause: unknown): string {
  const texts: string[] = []
  for (let error = cause; error instanceof Error && texts.length < 4; error = error.cause)
    texts.push(error.message)
  return texts.join('\n')
}
