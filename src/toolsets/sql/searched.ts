/** The tables that `search_schema` searches. */

import { sql } from 'drizzle-orm/sql'
import * as z from 'zod'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { Caller } from '../../infra/caller.ts'
import type { SourceLock } from '../../infra/config/lock-file.ts'
import type { Access } from '../../sql-guard/rules/relations.ts'
import { spelled } from '../../sql-guard/spelling.ts'
import { visibleTables } from './access.ts'
import { MAX_LISTED } from './limits.ts'
import { readable, readableColumns } from './service.ts'

/** A table as it is searched, from a lock or from the catalogue. Names are written as in SQL. */
export interface SearchedTable {
  readonly name: string
  readonly comment?: string | null
  readonly columns: readonly SearchedColumn[]
  readonly references: readonly Reference[]
}

interface SearchedColumn {
  readonly name: string
  readonly type: string
  readonly comment?: string | null
  readonly values?: readonly string[] | null
}

/** A foreign key. */
export interface Reference {
  readonly columns: readonly string[]
  readonly table: string
  readonly to: readonly string[]
}

export function tablesOfLock(lock: SourceLock, caller: Caller): readonly SearchedTable[] {
  const visible = visibleTables(lock, caller)
  return visible.map(({ name, comment, columns, references }) => ({
    name: spelled(name),
    ...(comment !== undefined && { comment }),
    columns: columns
      .filter(({ scope }) => scope === undefined || caller.scopes.has(scope))
      .map(({ name: column, type, comment: about, values }) => ({
        name: spelled(column),
        type,
        ...(about !== undefined && { comment: about }),
        ...(values !== undefined && { values }),
      })),
    references: references
      .filter(({ table }) => visible.some((other) => other.name === table))
      .map(({ columns: from, table, to }) => ({
        columns: from.map(spelled),
        table: spelled(table),
        to: to.map(spelled),
      })),
  }))
}

const names = z.array(z.string())
const searchedTable = z.object({
  name: z.string(),
  comment: z.string().nullable(),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      comment: z.string().nullable(),
      values: names.nullable(),
    }),
  ),
  references: z.array(z.object({ columns: names, table: z.string(), to: names })),
})

/** Of a database without a lock, in one round trip. */
export async function tablesOfCatalogue(
  postgres: Postgres,
  access: Access,
): Promise<readonly SearchedTable[]> {
  const [answer] = await postgres.read((db) => [
    db.execute(sql`
      select json_build_object('name', t.name, 'comment', t.comment, 'columns', ${columns}, 'references', ${references}) as searched
      from (${readable(access)}) t order by t.name limit ${MAX_LISTED}`),
  ])
  const tables = answer.rows.map(({ searched }) => searchedTable.parse(searched))
  const known = new Set(tables.map(({ name }) => name))
  return tables.map((table) => ({
    ...table,
    references: table.references.filter((reference) => known.has(reference.table)),
  }))
}

const columns = sql`(
  select coalesce(json_agg(json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod),
    'comment', col_description(a.attrelid, a.attnum), 'values', (
      select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = a.atttypid
    )) order by a.attnum), '[]')
  from ${readableColumns})`

const references = sql`(
  select coalesce(json_agg(json_build_object(
    'table', quote_ident(n.nspname) || '.' || quote_ident(c.relname),
    'columns', (select json_agg(quote_ident(a.attname) order by k.place) from unnest(f.conkey) with ordinality k (num, place)
      join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.num),
    'to', (select json_agg(quote_ident(a.attname) order by k.place) from unnest(f.confkey) with ordinality k (num, place)
      join pg_catalog.pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.num))), '[]')
  from pg_catalog.pg_constraint f join pg_catalog.pg_class c on c.oid = f.confrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where f.conrelid = t.oid and f.contype = 'f')`
