/**
 * A database's catalogue, as `init`, `plan` and `up` read it: by SELECT alone, which takes no lock an app
 * feels.
 */

import * as z from 'zod'
import type { Owner } from '../../local/postgres/backend.ts'
import { catalogueQuery } from './catalogue/query.ts'

export interface Catalogue {
  readonly database: string
  /** `150020` is 15.20. */
  readonly version: number
  /** The role that reads it. */
  readonly user: string
  /**
   * Tables, partitioned tables, views, materialized views and foreign tables of the named schemas; no
   * partitions.
   */
  readonly tables: readonly CatalogueTable[]
  /** Names of all roles but Postgres' own. */
  readonly roles: readonly string[]
}

export type TableKind = 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table'

export interface CatalogueTable {
  readonly schema: string
  readonly name: string
  readonly kind: TableKind
  readonly owner: string
  /** Whether the reader of this catalogue has the owner's rights, without which it can grant nothing here. */
  readonly mayGrant: boolean
  readonly comment: string | undefined
  /** Estimated rows (`reltuples`, of all partitions together), or undefined if never analysed. */
  readonly estimatedRows: number | undefined
  /** As of the last VACUUM or ANALYZE. What it is now could be asked only behind an application's lock. */
  readonly bytes: number
  readonly columns: readonly CatalogueColumn[]
  /**
   * Columns of the primary key, else of the first unique index on NOT NULL columns without a condition; else
   * none.
   */
  readonly key: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly indexes: readonly CatalogueIndex[]
  /** Names of enabled triggers that are not internal, and whether their function is SECURITY DEFINER. */
  readonly triggers: readonly {
    readonly name: string
    readonly events: readonly ('insert' | 'update' | 'delete')[]
    readonly definer: boolean
  }[]
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean }
  readonly policies: readonly CataloguePolicy[]
  /** Roles other than the owner with a privilege on the table or on a column of it; `PUBLIC` for everyone. */
  readonly grantees: readonly string[]
  /** A partitioned table's key, as columns; expressions are left out. */
  readonly partitionKey: readonly string[]
  /**
   * A view's or materialized view's: base tables (`schema.table`) that it reads, by `pg_depend`, directly.
   */
  readonly reads: readonly string[]
  /** The columns of these that it reads anywhere, `schema.table.column`. */
  readonly readsColumns: readonly string[]
  /** A view's: whether it is `security_invoker`. */
  readonly securityInvoker: boolean
  /** A view's: functions that are SECURITY DEFINER and that it calls. */
  readonly definerFunctions: readonly string[]
}

export interface CatalogueColumn {
  readonly name: string
  /** As `format_type` prints it; a type outside of pg_catalog with its schema. */
  readonly type: string
  /** The type beneath a domain, as `format_type` prints it; the same as `type` for others. */
  readonly baseType: string
  /** `pg_type.typtype` of `type`. An array is `base`, and says so by `isArray`. */
  readonly typeKind: 'base' | 'composite' | 'domain' | 'enum' | 'range' | 'multirange' | 'pseudo'
  readonly isArray: boolean
  /** An enum's labels, in their order; also of an array of them, and of a domain over one. */
  readonly values: readonly string[]
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** Generated as an expression, or an identity column GENERATED ALWAYS. */
  readonly generated: boolean
  /** The sequence that its default or its identity takes values from, quoted for SQL. */
  readonly sequence: string | undefined
  readonly comment: string | undefined
  /** Whether statistics hold its most common values or a histogram. */
  readonly hasStatistics: boolean
}

export interface ForeignKey {
  readonly name: string
  readonly columns: readonly string[]
  readonly schema: string
  readonly table: string
  readonly to: readonly string[]
}

export interface CatalogueIndex {
  readonly name: string
  /** In their order; an expression is undefined. */
  readonly columns: readonly (string | undefined)[]
  readonly unique: boolean
  readonly partial: boolean
}

export interface CataloguePolicy {
  readonly name: string
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  readonly permissive: boolean
  /** `PUBLIC` for everyone. */
  readonly roles: readonly string[]
}

/**
 * Reads the named schemas. Throws `PostgresError` as the server does; a name that does not exist has no
 * tables.
 */
export async function readCatalogue(owner: Owner, schemas: readonly string[]): Promise<Catalogue> {
  const { rows } = await owner(catalogueQuery(schemas))
  return catalogue.parse(JSON.parse(rows[0]?.[0] ?? 'null'))
}

const text = z.string()
const texts = z.array(text)
const flag = z.boolean()
const maybe = <T extends z.ZodType>(type: T) => type.nullable().transform((value) => value ?? undefined)

const column = z.object({
  name: text,
  type: text,
  baseType: text,
  typeKind: z.enum(['base', 'composite', 'domain', 'enum', 'range', 'multirange', 'pseudo']),
  isArray: flag,
  values: texts,
  notNull: flag,
  hasDefault: flag,
  generated: flag,
  sequence: maybe(text),
  comment: maybe(text),
  hasStatistics: flag,
})

const table = z.object({
  schema: text,
  name: text,
  kind: z.enum(['table', 'partitioned table', 'view', 'materialized view', 'foreign table']),
  owner: text,
  mayGrant: flag,
  comment: maybe(text),
  estimatedRows: maybe(z.number()),
  bytes: z.number(),
  columns: z.array(column),
  key: texts,
  foreignKeys: z.array(z.object({ name: text, columns: texts, schema: text, table: text, to: texts })),
  indexes: z.array(z.object({ name: text, columns: z.array(maybe(text)), unique: flag, partial: flag })),
  triggers: z.array(
    z.object({ name: text, events: z.array(z.enum(['insert', 'update', 'delete'])), definer: flag }),
  ),
  rowSecurity: z.object({ enabled: flag, forced: flag }),
  policies: z.array(
    z.object({
      name: text,
      command: z.enum(['all', 'select', 'insert', 'update', 'delete']),
      permissive: flag,
      roles: texts,
    }),
  ),
  grantees: texts,
  partitionKey: texts,
  reads: texts,
  readsColumns: texts,
  securityInvoker: flag,
  definerFunctions: texts,
})

const catalogue = z.object({
  database: text,
  version: z.number(),
  user: text,
  tables: z.array(table),
  roles: texts,
}) satisfies z.ZodType<Catalogue>
