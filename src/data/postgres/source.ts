/** A deployment's Postgres databases: those of `rowgate.yaml`, or the one of the settings. */

import type { SourceLock } from '../../infra/config/lock-file.ts'
import type { EngineContext } from '../engine.ts'
import type { PostgresAddress } from './client.ts'

export interface PostgresSource {
  /** The source's name for callers. */
  readonly name: string
  /** Absent for the database of the settings, whose identity key is the deployment's. */
  readonly declared?: { readonly audit: boolean; readonly lock: SourceLock }
  readonly address: PostgresAddress
}

/** The name of the database in DATABASE_URL or HYPERDRIVE_POSTGRES. */
const UNDECLARED = 'main'

/** At least one. */
export function postgresSources({
  config,
  bindings,
  sources,
}: Pick<EngineContext, 'config' | 'bindings' | 'sources'>): [PostgresSource, ...PostgresSource[]] {
  const [first, ...others] = sources.map(
    ({ name, audit, lock, url, fetchEndpoint, hyperdrive }): PostgresSource => ({
      name,
      declared: { audit, lock },
      address: { databaseUrl: url, fetchEndpoint, hyperdrive },
    }),
  )
  if (first !== undefined) return [first, ...others]
  const address = {
    databaseUrl: config.DATABASE_URL,
    fetchEndpoint: config.DATABASE_FETCH_ENDPOINT,
    hyperdrive: bindings.hyperdrivePostgres,
  }
  return [{ name: UNDECLARED, address }]
}

/** The source whose own identity key is derived from the deployment's. */
export function keySourceOf({ name, declared }: PostgresSource): string | undefined {
  return declared && name
}
