/** Runs the statements of one HTTP request: a single statement, or a batch in one transaction. */

import type { Result, Session } from './backend.ts'
import type { QueryRequest } from './request.ts'

/** Stops between statements when the client has gone. `Backend.session` rolls back. */
export async function runStatements(
  session: Session,
  { statements, begin }: Pick<QueryRequest, 'statements' | 'begin'>,
  signal: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = []
  if (begin !== undefined) await session.run({ query: begin, params: [] })
  for (const statement of statements) {
    signal.throwIfAborted()
    results.push(await session.run(statement))
  }
  signal.throwIfAborted()
  if (begin !== undefined) await session.run({ query: 'COMMIT', params: [] })
  return results
}
