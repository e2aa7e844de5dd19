/**
 * Maintenance of Postgres by the tables' owner: a fixed list of operations on tables from the catalogue. It
 * runs no caller's text.
 */

import { RowgateError } from '../../infra/errors.ts'
import { traceComment } from '../../infra/observability/trace.ts'
import type { Open } from '../call-scope.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'
import { createExecutor } from '../execute.ts'
import { lazy } from '../lazy.ts'
import { sizeOf } from '../result-size.ts'
import type { Maintenance, MaintenanceOperation } from './capability.ts'
import { openClient, targetOf } from './client.ts'
import type { Result } from './driver.ts'
import { loggable, toRowgateError } from './errors.ts'

/** The schemas of Rowgate's migrations; no other is touched. */
const SCHEMAS = ['public', 'retail', 'netflix', 'directory', 'rowgate']

/** The quoted name comes from the catalogue, never from the caller. */
const TABLE = `
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as quoted
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = any ($1::text[]) and n.nspname || '.' || c.relname = $2`

/** A confirmation is valid once. Those that have expired anyway are deleted in the same statement. */
const SPEND = `
  with gone as (delete from rowgate.confirmations where used_at < now() - interval '1 day')
  insert into rowgate.confirmations (id) values ($1) on conflict do nothing returning id`

/** Each is one statement outside a transaction, as VACUUM and REINDEX CONCURRENTLY require. */
const STATEMENTS: Readonly<Record<MaintenanceOperation, (table: string) => string>> = {
  vacuum: (table) => `vacuum (analyze) ${table}`,
  analyze: (table) => `analyze ${table}`,
  reindex: (table) => `reindex table concurrently ${table}`,
}

export interface MaintenanceSettings {
  readonly ownerUrl: string
  readonly fetchEndpoint: string | undefined
}

const UNFINISHED: ErrorMapping = [
  'UNAVAILABLE',
  'The database did not answer in time, or cannot be reached. The operation may still be running; check with `database_diagnostics` before you repeat it.',
]

/** Made once per isolate. */
export function createMaintenance({ ownerUrl, fetchEndpoint }: MaintenanceSettings): Open<Maintenance> {
  const target = targetOf({ databaseUrl: ownerUrl, fetchEndpoint })
  const client = lazy(() => openClient(target))
  const execute = createExecutor({
    engine: 'postgres',
    title: 'Postgres',
    obeysSignal: true,
    toRowgateError: (cause) => toRowgateError(cause, UNFINISHED),
    timedOut: (cause) => mappedError(UNFINISHED, loggable(cause)),
    mayRetry: () => false,
  })
  return (_, call): Maintenance => {
    const comment = traceComment(call.traceId)

    /** The first column of the first row. */
    async function runOne(text: string, parameters: unknown[], auditFirst = false): Promise<unknown> {
      const operation = {
        ...{ call, repeatable: false, auditFirst },
        statements: () => [text],
        count: ({ rowCount, rows }: Result) => [{ rows: rowCount, bytes: sizeOf(rows) }],
      }
      const { rows } = await execute<Result>(operation, async (signal) => {
        const { execute: send } = await client()
        return await send(text + comment, parameters, { signal, onEnd: call.onEnd })
      })
      return rows[0]?.[0]
    }

    return {
      async run(operation, table, confirmation) {
        const quoted = await runOne(TABLE, [SCHEMAS, table])
        if (typeof quoted !== 'string') {
          throw new RowgateError('NOT_FOUND', 'There is no such table; name one of ours as `schema.table`.')
        }
        if ((await runOne(SPEND, [confirmation])) === undefined) {
          throw new RowgateError(
            'CONFLICT',
            'This confirmation has been used already. Call again without it to ask the user again.',
          )
        }
        const startedAt = Date.now()
        // It runs outside a transaction, so no transaction can contain its audit row.
        await runOne(STATEMENTS[operation](quoted), [], true)
        return { ms: Date.now() - startedAt }
      },
    }
  }
}
