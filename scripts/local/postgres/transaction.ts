/** Runs what one HTTP request asks for: a statement by itself, or a batch that is one transaction. */

import type { Result, Session } from './backend.ts'
import type { QueryRequest } from './request.ts'

/** Stops between statements when the client has gone; the session's owner rolls back what was open. */
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
