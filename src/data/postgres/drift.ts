/**
 * Drift: a source whose views are not as its lock has them. Calls that need what is gone are UNAVAILABLE, and
 * the health report says so. A new enum value or column breaks nothing, since nothing names it.
 */

import type { SourceLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import type { CallScope, Open } from '../call-scope.ts'
import { PROBE_CALLER } from '../engine.ts'
import type { Postgres } from './capability.ts'
import { errorOfOurs, isNotMigrated, sqlstateOf } from './errors.ts'

export interface Drift {
  /** Tells errors of changed views from the caller's own mistakes. */
  watch(open: Open<Postgres>): Open<Postgres>
  /** Whether all views of the lock are there and readable. */
  probe(open: Open<Postgres>, call: CallScope): Promise<void>
  isMet(): boolean
}

const VIEWS = `
  select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any ($2::text[]) and pg_catalog.has_any_column_privilege(c.oid, 'select')`

const NO_TABLE = '42P01'
const NO_OPERATOR = '42883'

/** Calls `onDrift` at the first error, and again only after the views were whole. */
export function createDrift(
  source: string,
  lock: SourceLock,
  onDrift: (source: string, cause: unknown) => void,
): Drift {
  let met = false

  function tell(cause: unknown): void {
    if (!met) onDrift(source, cause)
    met = true
  }

  function fromOurs(error: unknown): unknown {
    if (!isMeaningless(error) && !isDenied(error) && !isNotMigrated(error)) return error
    // A value of a type that only Postgres knows may also ask for an operator that it does not have.
    if (sqlstateOf(error) !== NO_OPERATOR || isNotMigrated(error)) tell(error)
    return changed(error)
  }

  function fromCallers(error: unknown): unknown {
    const names =
      sqlstateOf(error) === NO_TABLE && lock.tables.some(({ name }) => isNamedIn(error, name, lock))
    if (!names && !isDenied(error) && !isNotMigrated(error)) return error
    tell(error)
    return changed(error)
  }

  function changed(cause: unknown): RowgateError {
    const message = `The source \`${source}\` no longer has what this needs: its database has changed. Its operator runs \`npx rowgate sync\`, then \`npx rowgate up\`.`
    // Nothing that the caller sent has a part in a function of ours that is missing.
    const details = isNotMigrated(cause) ? {} : { details: { sqlstate: sqlstateOf(cause) } }
    return new RowgateError('UNAVAILABLE', message, { cause, ...details })
  }

  return {
    watch: (open) => (caller, call) => {
      const postgres = open(caller, call)
      return {
        read: (build) => postgres.read(build).catch(rethrow(fromOurs)),
        write: (build, repeatable) => postgres.write(build, repeatable).catch(rethrow(fromOurs)),
        runCallerSql: (statement) => postgres.runCallerSql(statement).catch(rethrow(fromCallers)),
      }
    },
    async probe(open, call) {
      const names = `{${lock.tables.map(({ name }) => JSON.stringify(name)).join(',')}}`
      const parameters = [lock.viewSchema, names]
      const statement = { text: VIEWS, parameters, searchPath: [] }
      const { rows } = await open(PROBE_CALLER, call).runCallerSql(statement)
      if (Number(rows[0]?.[0]) < lock.tables.length) tell(new Error('views of the lock are missing'))
      else met = false
    },
    isMet: () => met,
  }
}

/** For a database without a lock: what our own statements name and it lacks is for its operator. */
export function watchMigrations(open: Open<Postgres>): Open<Postgres> {
  return (caller, call) => {
    const postgres = open(caller, call)
    return {
      ...postgres,
      read: (build) => postgres.read(build).catch(rethrow(errorOfOurs)),
      write: (build, repeatable) => postgres.write(build, repeatable).catch(rethrow(errorOfOurs)),
    }
  }
}

function rethrow(as: (error: unknown) => unknown): (error: unknown) => never {
  return (error) => {
    throw as(error)
  }
}

/** SQLSTATEs of a statement that makes no sense. It was ours, so the database is not as the lock says. */
function isMeaningless(error: unknown): boolean {
  return /^42(?!501)/.test(sqlstateOf(error) ?? '')
}

/** Row security says no with the same SQLSTATE, and then it is the row that is not allowed. */
function isDenied(error: unknown): boolean {
  const words = error instanceof RowgateError && error.cause instanceof Error ? error.cause.message : ''
  return (
    sqlstateOf(error) === '42501' &&
    /^permission denied for (?:table|view|schema|materialized view)/.test(words)
  )
}

/** An alias that the caller forgot has the same SQLSTATE as a view that is gone. */
function isNamedIn(error: unknown, name: string, { viewSchema }: SourceLock): boolean {
  if (!(error instanceof RowgateError)) return false
  const subject = String(error.details?.subject).replaceAll('"', '')
  return subject === name || subject === `${viewSchema}.${name}`
}
