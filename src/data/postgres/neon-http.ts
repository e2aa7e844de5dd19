/** Postgres by Neon's HTTP protocol: a transaction is one request. */

import { type NeonQueryPromise, neon, neonConfig } from '@neondatabase/serverless'
import { boundedFetch } from './bounded-fetch.ts'
import type { Flight, PostgresClient } from './driver.ts'

/** Rows as arrays, since two columns may have one name. */
const AS_ARRAYS = { arrayMode: true, fullResults: true } as const

/**
 * Made once per isolate. The driver's settings are global, so an isolate talks to one Postgres by HTTP.
 * `fetchEndpoint` is where the endpoint is, when it is not Neon's own.
 */
export function openNeonHttp(databaseUrl: string, fetchEndpoint: string | undefined): PostgresClient {
  if (fetchEndpoint !== undefined) neonConfig.fetchEndpoint = fetchEndpoint
  neonConfig.fetchFunction = boundedFetch
  const client = neon(databaseUrl, { fullResults: true })
  return {
    query: (text, parameters, options) => client.query(text, parameters && [...parameters], options),
    transaction: (statements, flight) =>
      // The driver takes only what its own `query` made, which these are.
      client.transaction(statements as unknown as NeonStatement[], {
        ...AS_ARRAYS,
        fetchOptions: fetchOptions(flight),
        readOnly: flight.readOnly,
      }),
    execute: (text, parameters, flight) =>
      client.query(text, [...parameters], { ...AS_ARRAYS, fetchOptions: fetchOptions(flight) }),
  }
}

type NeonStatement = NeonQueryPromise<false, true>

/** A redirect is never followed: the request's headers hold the login. */
function fetchOptions({ signal, maxAnswerBytes }: Flight): object {
  return { signal, maxAnswerBytes, redirect: 'manual' }
}
