/** Tables and columns that this login may read, from the catalogue. */

// Not from the package's index: beside the driver's lazy chunk, the bundle would run this file before `sql`
// exists.
import { type SQL, sql } from 'drizzle-orm/sql'
import * as z from 'zod'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { Access } from '../../sql-guard/rules/relations.ts'
import { type List, listOf } from '../../toolkit/page.ts'
import { fitting, MAX_LISTED } from './limits.ts'
import { policyInWords } from './policies.ts'
import { type Described, type DescribeTables, describedOutput } from './schema.ts'

/** Columns of one table read per call: about as many as fit if they have no comments. */
const MAX_COLUMNS = 500

const listed = z.object({
  name: z.string(),
  kind: z.string(),
  estimated_rows: z.coerce.number().nullable(),
  comment: z.string().nullable(),
})
/** A policy from the catalogue. Its comment, if it has one, describes it. */
const policy = z.object({
  name: z.string(),
  comment: z.string().nullable(),
  condition: z.string().nullable(),
})
const describedRow = z.object({
  raw: z.string(),
  described: describedOutput.shape.tables.element.extend({
    policies: z
      .array(policy)
      .transform((all) =>
        all.map(({ name, comment, condition }) => comment ?? policyInWords(name, condition)),
      ),
  }),
})

function textArray(texts: readonly string[]): SQL {
  const values = texts.map((text) => sql`${text}`)
  return sql`array[${sql.join(values, sql`, `)}]::text[]`
}

/**
 * Tables and views that the login may read in these schemas, without the `pg_` views by which extensions
 * describe the server. `name` is as in SQL (`odd."Order Items"`), `raw` without quotes.
 */
export const readable = ({ schemas, hidden = new Set() }: Access): SQL => sql`
  select c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name, n.nspname || '.' || c.relname as raw, c.relkind, c.reltuples, obj_description(c.oid, 'pg_class') as comment
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any (${textArray(schemas)}) and n.nspname || '.' || c.relname <> all (${textArray([...hidden])})
    and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and not starts_with(c.relname, 'pg_')
    and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')`

/**
 * Null if unknown: for a view, for a table never analysed (-1), and for a partitioned or foreign table
 * without statistics (0).
 */
const estimatedRows = sql`
  case when relkind = 'v' or reltuples < 0 or (relkind in ('p', 'f') and reltuples = 0) then null
    else reltuples::bigint end`

/** Tables that the caller may read. Row estimates include rows hidden by row security. */
export async function listTables(
  postgres: Postgres,
  pattern: string | undefined,
  access: Access,
): Promise<List> {
  const filter =
    pattern === undefined ? sql`true` : sql`(name ilike ${`%${pattern}%`} or raw ilike ${`%${pattern}%`})`
  const [answer] = await postgres.read((db) => [
    db.execute(sql`
      select name, case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind,
        ${estimatedRows} as estimated_rows, split_part(comment, chr(10), 1) as comment
      from (${readable(access)}) t where ${filter} order by name limit ${MAX_LISTED + 1}`),
  ])
  return listOf(Object.keys(listed.shape), z.array(listed).parse(answer.rows), MAX_LISTED)
}

/**
 * Columns, keys, indexes and policies of the named tables. Unqualified names are resolved as in a query.
 * Columns that do not fit need another call with `first_column`.
 */
export async function describeTables(
  postgres: Postgres,
  { tables: names, first_column: first }: DescribeTables,
  access: Access,
): Promise<Described> {
  const wanted = names.flatMap((name) => candidates(name, access))
  const anyOf = sql`any (${textArray(wanted)})`
  const [answer] = await postgres.read((db) => [
    db.execute(sql`
      select t.raw, json_build_object('name', t.name, 'comment', t.comment, 'columns', ${columnsFrom(first)},
        'column_count', ${columnCount}, 'keys', ${keys}, 'indexes', ${indexes}, 'policies', ${policies}) as described
      from (${readable(access)}) t where t.name = ${anyOf} or t.raw = ${anyOf}`),
  ])
  const rows = answer.rows.map((row) => describedRow.parse(row))
  const found = new Map(
    rows.flatMap(({ raw, described }) => [[raw, described] as const, [described.name, described] as const]),
  )
  const firsts = names.map((name) =>
    candidates(name, access)
      .flatMap((candidate) => found.get(candidate) ?? [])
      .at(0),
  )
  return {
    tables: fitting(
      [...new Set(firsts)].flatMap((table) => table ?? []),
      first,
    ),
    missing: names.filter((_, at) => firsts[at] === undefined),
  }
}

/**
 * Spellings of a name: as listed, as in the catalogue, or case-folded as in SQL. An unqualified name is tried
 * in each schema, in their order.
 */
function candidates(name: string, { schemas }: Access): readonly string[] {
  const spellings = [...new Set([name.toLowerCase(), name])]
  if (name.replaceAll(/"(?:[^"]|"")*"/g, '').includes('.')) return spellings
  return schemas.flatMap((schema) =>
    spellings.flatMap((bare) => [`${schema}.${bare}`, `"${schema.replaceAll('"', '""')}".${bare}`]),
  )
}

export const readableColumns = sql`
  pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    and has_column_privilege(t.oid, a.attnum, 'select')`

const columnCount = sql`(select count(*) from ${readableColumns})`

function columnsFrom(first: number): SQL {
  return sql`(
    select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'nullable', not a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid),
      'comment', col_description(a.attrelid, a.attnum)) order by a.attnum), '[]')
    from (select a.* from ${readableColumns} order by a.attnum limit ${MAX_COLUMNS}::integer offset ${first - 1}::integer) a
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum)`
}

const keys = sql`(
  select coalesce(json_agg(pg_get_constraintdef(k.oid) order by k.contype desc, k.conname), '[]')
  from pg_catalog.pg_constraint k where k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c'))`

const indexes = sql`(
  select coalesce(json_agg(pg_get_indexdef(i.indexrelid) order by i.indexrelid), '[]')
  from pg_catalog.pg_index i where i.indrelid = t.oid)`

/** Policies that apply to this login's reads. */
const policies = sql`(
  select coalesce(json_agg(json_build_object('name', p.polname, 'comment', obj_description(p.oid, 'pg_policy'),
    'condition', pg_get_expr(p.polqual, p.polrelid)) order by p.polname), '[]')
  from pg_catalog.pg_policy p where p.polrelid = t.oid and p.polcmd in ('r', '*') and exists (
    select from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'usage')))`
