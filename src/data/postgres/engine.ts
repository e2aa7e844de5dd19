/**
 * Postgres as an engine: callers' rows under row security, the audit log, and maintenance as the tables'
 * owner.
 */

import type { Caller } from '../../infra/caller.ts'
import { RowgateError } from '../../infra/errors.ts'
import type { Audit } from '../audit-trail.ts'
import type { CallScope, Open } from '../call-scope.ts'
import type { Engine, EngineContext, OpenSource } from '../engine.ts'
import { PROBE_CALLER } from '../engine.ts'
import { lazy, lazyConnector } from '../lazy.ts'
import { createAuditSink } from './audit/sink.ts'
import type { Maintenance, Postgres } from './capability.ts'
import type { UserLookup } from './connector.ts'
import { createDrift, watchMigrations } from './drift.ts'
import { keySourceOf, type PostgresSource, postgresSources } from './source.ts'
import { createSourceCaller } from './source-caller.ts'

interface Capabilities {
  readonly postgres: Postgres
  readonly maintenance: Maintenance
}

export const postgres: Engine<Capabilities> = {
  name: 'postgres',
  title: 'Postgres',
  settings: { postgres: 'DATABASE_URL or HYPERDRIVE_POSTGRES', maintenance: 'DATABASE_OWNER_URL' },
  optional: false,
  open(context) {
    const [first, ...others] = postgresSources(context)
    const main = openSource(context, first)
    const maintenance = openMaintenance(context)
    return {
      ...main,
      open: { ...main.open, ...(maintenance !== undefined && { maintenance }) },
      sources: [main, ...others.map((source) => openSource(context, source))],
    }
  },
}

function openSource(
  context: EngineContext,
  source: PostgresSource,
): OpenSource<Pick<Capabilities, 'postgres'>> {
  const { name, declared } = source
  const openAs = openPostgres(context, source)
  const audit = createAuditSink(context, source)
  const select1 = (call: CallScope) => openAs(PROBE_CALLER, call).read((db) => [db.execute('select 1')])
  if (declared === undefined) {
    return { name, open: { postgres: watchMigrations(openAs) }, probe: select1, reportLogin, audit }
  }
  const inSource = createSourceCaller(name, declared.lock)
  const drift = createDrift(name, declared.lock, context.events.schemaDrift)
  const open = drift.watch(openAs)
  return {
    name,
    declared,
    open: { postgres: (caller, call) => open(inSource(caller), inLogOf(source, call)) },
    async probe(call) {
      await select1(call)
      await drift.probe(openAs, call)
    },
    reportLogin,
    isDrifted: drift.isMet,
    audit: auditAs(inSource, audit),
  }
}

/** A row's tenant is the one that the source knows its caller by, as far as it knows the caller. */
function auditAs(inSource: (caller: Caller) => Caller, audit: Audit): Audit {
  return (request, call) => {
    try {
      const caller = inSource(request.caller)
      return audit(caller === request.caller ? request : { ...request, caller }, call)
    } catch {
      return audit(request, call)
    }
  }
}

/** Only Postgres' answer shows whether row security applies to the login. */
function reportLogin(error: unknown): 'safe' | 'unsafe' | undefined {
  if (error === undefined) return 'safe'
  return error instanceof RowgateError && error.code === 'UNSAFE_DATABASE_ROLE' ? 'unsafe' : undefined
}

function openPostgres({ config }: EngineContext, source: PostgresSource): Open<Postgres> {
  const load = lazy(async () =>
    (await import('./connector.ts')).createPostgres({
      ...source.address,
      identityKey: config.IDENTITY_KEY,
      source: keySourceOf(source),
      lookup: lookupOf(source),
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

function lookupOf({ declared }: PostgresSource): UserLookup | undefined {
  const lock = declared?.lock
  return lock?.user && { schema: lock.viewSchema, function: lock.user.name }
}

/** The same call, with its writes audited in the source's own log. */
function inLogOf({ name }: PostgresSource, call: CallScope): CallScope {
  const trail = call.audit?.of(name)
  return trail === call.audit ? call : { ...call, audit: trail }
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
