/** Upkeep of Postgres as its owner: a fixed list of operations on tables that the catalogue names. It runs no caller's text. */

import { NeonDbError } from '@neondatabase/serverless'
import { RowgateError } from '../../infra/errors.ts'
import { traceComment } from '../../infra/observability/trace.ts'
import type { Open, Upkeep, UpkeepOperation } from '../connections.ts'
import { tally } from '../result-size.ts'
import { loggable, openClient, targetOf } from './client.ts'
import { toRowgateError } from './errors.ts'
import { countsOf } from './round-trip.ts'

/** The schemas that Rowgate's migrations make; nothing outside them is touched. */
const SCHEMAS = ['public', 'retail', 'netflix', 'directory', 'rowgate']

/** The quoted name comes from the catalogue, never from the caller. */
const TABLE = `
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as quoted
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = any ($1::text[]) and n.nspname || '.' || c.relname = $2`

/** A confirmation is good once. Older ones than any that could still be in time are forgotten on the way. */
const SPEND = `
  with gone as (delete from rowgate.confirmations where used_at < now() - interval '1 day')
  insert into rowgate.confirmations (id) values ($1) on conflict do nothing returning id`

/** Each is one statement outside a transaction: VACUUM and REINDEX CONCURRENTLY run in no other way. */
const STATEMENTS: Readonly<Record<UpkeepOperation, (table: string) => string>> = {
  vacuum: (table) => `vacuum (analyze) ${table}`,
  analyze: (table) => `analyze ${table}`,
  reindex: (table) => `reindex table concurrently ${table}`,
}

export interface OwnerSettings {
  readonly ownerUrl: string
  readonly fetchEndpoint: string | undefined
}

/** Made once per isolate. */
export function createUpkeep({ ownerUrl, fetchEndpoint }: OwnerSettings): Open<'owner'> {
  const target = targetOf({ databaseUrl: ownerUrl, fetchEndpoint })
  return (_, { signal, deadline, audit, observe, onEnd, traceId }): Upkeep => {
    const comment = traceComment(traceId)
    const over = AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, deadline - Date.now()))])

    /** The first column of the first row. */
    async function one(text: string, parameters: unknown[]): Promise<unknown> {
      const startedAt = Date.now()
      let counts: ReturnType<typeof countsOf>[] = []
      try {
        const client = await openClient(target)
        const result = await client.execute(text + comment, parameters, { signal: over, onEnd })
        counts = [countsOf(result)]
        return result.rows[0]?.[0]
      } catch (error) {
        throw translated(error)
      } finally {
        observe({ engine: 'postgres', ms: Date.now() - startedAt, ...tally(() => [text], counts) })
      }
    }

    return {
      async run(operation, table, confirmation) {
        const quoted = await one(TABLE, [SCHEMAS, table])
        if (typeof quoted !== 'string') {
          throw new RowgateError('NOT_FOUND', 'There is no such table; name one of ours as `schema.table`.')
        }
        if ((await one(SPEND, [confirmation])) === undefined) {
          throw new RowgateError('CONFLICT', 'This confirmation has been used. Call again to be asked anew.')
        }
        // It runs outside a transaction, so there is none to hold its audit row.
        await audit?.begun()
        const startedAt = Date.now()
        await one(STATEMENTS[operation](quoted), [])
        return { ms: Date.now() - startedAt }
      },
    }
  }
}

function translated(error: unknown): RowgateError {
  if (error instanceof NeonDbError && error.code !== undefined) return toRowgateError(error.code, error)
  const refusal = error instanceof NeonDbError ? error.sourceError : error
  if (refusal instanceof RowgateError) return refusal
  return new RowgateError(
    'UNAVAILABLE',
    'The answer did not come in time, or the database cannot be reached. The operation may still be running; look with `database_diagnostics` before you repeat it.',
    { cause: loggable(error) },
  )
}
