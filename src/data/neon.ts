/** Opens the driver for Postgres over HTTP. Its settings are global, so an isolate talks to one Postgres. */

import { type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless'

/** `fetchEndpoint` is where the HTTP endpoint is, when it is not Neon's own. */
export function openNeon(
  databaseUrl: string,
  fetchEndpoint: string | undefined,
): NeonQueryFunction<boolean, boolean> {
  if (fetchEndpoint !== undefined) neonConfig.fetchEndpoint = fetchEndpoint
  return neon(databaseUrl, { fullResults: true })
}
