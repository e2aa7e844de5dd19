/** The names that a caller probably meant, of those that this caller may read, for a refused statement. */

import type { Postgres } from '../data/postgres/capability.ts'
import { RowgateError } from '../infra/errors.ts'
import { namesByNearness } from '../infra/nearest.ts'
import type { Access } from './rules/relations.ts'

/** Enough for a model to see what is there. */
const MOST_SHOWN = 5

const UNKNOWN_TABLE = '42P01'
const UNKNOWN_COLUMN = '42703'

/**
 * Parameters: schemas as JSON, tables as JSON or null for all, and the statement: the columns of the tables
 * whose names stand in it. Without one, the tables.
 */
const NAMES = `
  with readable as (
    select c.oid, c.relname
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname in (select pg_catalog.jsonb_array_elements_text($1::jsonb))
      and c.relkind in ('r', 'p', 'v', 'm', 'f') and not pg_catalog.starts_with(c.relname, 'pg_')
      and ($2::jsonb is null or $2::jsonb ? (n.nspname || '.' || c.relname))
      and pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_any_column_privilege(c.oid, 'select')
  )
  select r.relname from readable r where $3::text is null
  union
  select a.attname from readable r join pg_catalog.pg_attribute a on a.attrelid = r.oid
  where pg_catalog.strpos($3, r.relname) > 0 and a.attnum > 0 and not a.attisdropped
    and pg_catalog.has_column_privilege(r.oid, a.attnum, 'select')
  order by 1 limit 2000`

/** The same error; where a table or column is unknown, its message says which are near. */
export async function withNearestNames(
  error: unknown,
  postgres: Postgres,
  query: string,
  { schemas, tables }: Access,
): Promise<unknown> {
  if (!(error instanceof RowgateError)) return error
  const { code, message, details = {}, cause, retryable } = error
  const { sqlstate, subject } = details
  if (typeof subject !== 'string' || (sqlstate !== UNKNOWN_TABLE && sqlstate !== UNKNOWN_COLUMN)) return error
  const parameters = [
    JSON.stringify(schemas),
    tables === undefined ? null : JSON.stringify([...tables]),
    sqlstate === UNKNOWN_TABLE ? null : query,
  ]
  try {
    const { rows } = await postgres.runCallerSql({ text: NAMES, parameters, searchPath: [] })
    const near = namesByNearness(
      lastPart(subject),
      rows.map(([name]) => name ?? ''),
      MOST_SHOWN,
    )
    if (near.length === 0) return error
    const told = `${message} The nearest that you may read: ${near.map((name) => `\`${name}\``).join(', ')}.`
    return new RowgateError(code, told, { details: { ...details, nearest: near }, cause, retryable })
  } catch {
    // The statement was refused all the same.
    return error
  }
}

/** Of `public."Tasks".title` it is `title`. */
function lastPart(name: string): string {
  const part = name.match(/"(?:[^"]|"")*"|[^."\s]+/g)?.at(-1) ?? name
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase()
}
