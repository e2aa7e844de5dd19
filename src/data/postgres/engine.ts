/**
 * Postgres as an engine: callers' rows under row security, the audit log, and maintenance as the tables'
 * owner.
 */

import { RowgateError } from '../../infra/errors.ts'
import type { Open } from '../call-scope.ts'
import type { Engine, EngineContext } from '../engine.ts'
import { PROBE_CALLER } from '../engine.ts'
import { lazy, lazyConnector } from '../lazy.ts'
import { createAuditSink } from './audit/sink.ts'
import type { Maintenance, Postgres } from './capability.ts'
import { postgresAddressOf } from './place.ts'

export const postgres: Engine<{ postgres: Postgres; maintenance: Maintenance }> = {
  name: 'postgres',
  title: 'Postgres',
  settings: { postgres: 'DATABASE_URL or HYPERDRIVE_POSTGRES', maintenance: 'DATABASE_OWNER_URL' },
  optional: false,
  open(context) {
    const open = openPostgres(context)
    const maintenance = openMaintenance(context)
    return {
      open: { postgres: open, ...(maintenance !== undefined && { maintenance }) },
      probe: (call) => open(PROBE_CALLER, call).read((db) => [db.execute('select 1')]),
      reportLogin,
      audit: createAuditSink(context),
    }
  },
}

/** Only an answer of Postgres' tells whether row security binds the login. */
function reportLogin(error: unknown): 'safe' | 'unsafe' | undefined {
  if (error === undefined) return 'safe'
  return error instanceof RowgateError && error.code === 'UNSAFE_DATABASE_ROLE' ? 'unsafe' : undefined
}

function openPostgres(context: EngineContext): Open<Postgres> {
  const { config } = context
  const load = lazy(async () =>
    (await import('./connector.ts')).createPostgres({
      ...postgresAddressOf(context),
      identityKey: config.IDENTITY_KEY,
      development: config.ENVIRONMENT === 'development',
      maxPlanCost: config.SQL_MAX_PLAN_COST,
    }),
  )
  return (caller, call) => {
    const connector = lazyConnector(load, caller, call)
    return {
      read: async (build) => (await connector()).read(build),
      write: async (build, repeatable) => (await connector()).write(build, repeatable),
      runCallerSql: async (statement) => (await connector()).runCallerSql(statement),
    }
  }
}

function openMaintenance({ config }: EngineContext): Open<Maintenance> | undefined {
  const { DATABASE_OWNER_URL: ownerUrl, DATABASE_FETCH_ENDPOINT: fetchEndpoint } = config
  if (ownerUrl === undefined) return undefined
  const load = lazy(async () =>
    (await import('./maintenance.ts')).createMaintenance({ ownerUrl, fetchEndpoint }),
  )
  return (caller, call) => {
    const connector = lazyConnector(load, caller, call)
    return { run: async (...operation) => (await connector()).run(...operation) }
  }
}
