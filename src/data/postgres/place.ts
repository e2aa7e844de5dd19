/** Where a deployment's settings and bindings say that its Postgres is. */

import type { EngineContext } from '../engine.ts'
import type { PostgresAddress } from './client.ts'

export function postgresAddressOf({
  config,
  bindings,
}: Pick<EngineContext, 'config' | 'bindings'>): PostgresAddress {
  return {
    databaseUrl: config.DATABASE_URL,
    fetchEndpoint: config.DATABASE_FETCH_ENDPOINT,
    hyperdrive: bindings.hyperdrivePostgres,
  }
}
