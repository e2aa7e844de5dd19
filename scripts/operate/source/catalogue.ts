/**
 * A database's catalogue, as `init`, `plan` and `up` read it: by SELECT alone, which takes no lock an app
 * feels.
 */

export interface Catalogue {
  readonly database: string
  /** `150020` is 15.20. */
  readonly version: number
  /** Who reads it. */
  readonly user: string
  /**
   * Tables, partitioned tables, views, materialized views and foreign tables of the named schemas; no
   * partitions.
   */
  readonly tables: readonly CatalogueTable[]
  /** Roles with the name's attributes, for grants and policies. */
  readonly roles: readonly string[]
}

export type TableKind = 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table'

export interface CatalogueTable {
  readonly schema: string
  readonly name: string
  readonly kind: TableKind
  readonly owner: string
  readonly comment: string | undefined
  /** Estimated rows (`reltuples`, of all partitions together), or undefined if never analysed. */
  readonly estimatedRows: number | undefined
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
  /** A view's: whether it is `security_invoker`. */
  readonly securityInvoker: boolean
  /** A view's: functions that are SECURITY DEFINER and that it calls. */
  readonly definerFunctions: readonly string[]
}

export interface CatalogueColumn {
  readonly name: string
  /** As `format_type` prints it. */
  readonly type: string
  /** Of the type beneath a domain. */
  readonly baseType: string
  /** `pg_type.typtype` of it: base, composite, domain, enum, range; arrays say so by `isArray`. */
  readonly typeKind: 'base' | 'composite' | 'domain' | 'enum' | 'range' | 'multirange' | 'pseudo'
  readonly isArray: boolean
  /** An enum's labels, in their order. */
  readonly values: readonly string[]
  readonly notNull: boolean
  readonly hasDefault: boolean
  /** Generated as an expression, or an identity column GENERATED ALWAYS. */
  readonly generated: boolean
  /** The sequence that its default or its identity takes values from, `schema.sequence`. */
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
