/** Opens the driver for Postgres over HTTP. Its settings are global, so an isolate talks to one Postgres. */

import { type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless'
import { type BoundedInit, boundedFetch } from './bounded-fetch.ts'

/**
 * Bytes of the answer to a caller's own SQL. It is parsed, and then cut to what an answer of ours holds, a thirtieth of it;
 * the text and the values of ten times as much would not fit an isolate.
 */
export const ANSWER_LIMIT = { maxAnswerBytes: 8_388_608 } as const satisfies BoundedInit

/** `fetchEndpoint` is where the HTTP endpoint is, when it is not Neon's own. */
export function openNeon(
  databaseUrl: string,
  fetchEndpoint: string | undefined,
): NeonQueryFunction<boolean, boolean> {
  if (fetchEndpoint !== undefined) neonConfig.fetchEndpoint = fetchEndpoint
  neonConfig.fetchFunction = boundedFetch
  return neon(databaseUrl, { fullResults: true })
}

/** The driver's fault as the log may have it: a parser quotes what is no JSON, and that may be anything. */
export function toldFault(fault: unknown): unknown {
  return fault instanceof SyntaxError ? new Error('The answer is not JSON.') : fault
}
