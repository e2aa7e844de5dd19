/** Where a deployment's settings and bindings say that its Postgres is. */

import type { EngineContext } from '../engine.ts'
import type { Place } from './client.ts'

export function placeOf({ config, bindings }: Pick<EngineContext, 'config' | 'bindings'>): Place {
  return {
    databaseUrl: config.DATABASE_URL,
    fetchEndpoint: config.DATABASE_FETCH_ENDPOINT,
    hyperdrive: bindings.hyperdrivePostgres,
  }
}
