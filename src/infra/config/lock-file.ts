/**
 * `rowgate.lock.json`: what `rowgate up` last made of `rowgate.yaml` in each source's database. It is bundled
 * with the Worker, which reads no catalogue and no YAML. `up` writes it; people commit it and do not edit it.
 */

export interface LockFile {
  readonly version: 1
  /** By the source's name. */
  readonly sources: Readonly<Record<string, SourceLock>>
}

export interface SourceLock {
  /**
   * SHA-256, in hex, of the source's part of `rowgate.yaml` as canonical JSON, with its files of SQL tools. A
   * Worker whose file does not have it refuses to serve the source.
   */
  readonly fileHash: string
  /** The database's name. */
  readonly database: string
  /** The schema of the views, which is all that the Worker's login may read. */
  readonly viewSchema: string
  /** The claim that holds the caller's tenant, and the type that it must have. */
  readonly tenant?: { readonly claim: string; readonly type: TenantType }
  /** The view schema's function that looks the caller up, for `user.NAME`. */
  readonly user?: { readonly name: string }
  /** Other claims that the file names by `claim.NAME`; they are sealed with the caller. */
  readonly claims: readonly string[]
  /** Sorted by name. */
  readonly tables: readonly TableLock[]
  readonly tools: readonly SqlToolLock[]
}

export type TenantType = 'uuid' | 'text' | 'integer' | 'bigint'
export type RowOperation = 'find' | 'get' | 'insert' | 'update' | 'delete'
export type Mask = 'mask(email)' | 'mask(last 4)' | 'hash' | 'year' | 'size'

/** A view of the view schema. */
export interface TableLock {
  /** The view's name, which callers use. */
  readonly name: string
  /** The application's table, `schema.table`. For the operator's log only; callers never see it. */
  readonly table: string
  readonly kind: 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table'
  readonly comment?: string
  readonly columns: readonly ColumnLock[]
  /**
   * The columns of the primary key, or of the first unique key whose columns are NOT NULL. Empty: none, or
   * not all are shown.
   */
  readonly key: readonly string[]
  /** Foreign keys to other views of this source whose columns are all shown whole. */
  readonly references: readonly {
    readonly columns: readonly string[]
    readonly table: string
    readonly to: readonly string[]
  }[]
  /**
   * The rows that a caller sees, as a sentence for a model: "You see the rows whose `org_id` is your tenant."
   */
  readonly rows: string
  readonly allow: readonly RowOperation[]
  readonly insert: readonly string[]
  readonly update: readonly string[]
  /**
   * Columns of a new row and the identity's value that each takes: `tenant`, `user`, `user.NAME` or
   * `claim.NAME`. They are the view's defaults, and the login may not name them: an insert leaves them out.
   * So it does with the tenant's column, where the rows are the tenant's.
   */
  readonly set: Readonly<Record<string, string>>
  /** The default order: a column, and whether the highest comes first. */
  readonly order?: { readonly column: string; readonly descending: boolean }
  readonly window?: { readonly column: string; readonly days: number }
  readonly confirm: Readonly<Record<'insert' | 'update' | 'delete', Confirm>>
  /** The scope that this table needs, beside the tool's own. */
  readonly scope?: string
}

/** A number: where the write touches more rows than this. */
export type Confirm = 'always' | 'never' | number

export interface ColumnLock {
  readonly name: string
  /**
   * As `format_type` prints it, of the view's column: a masked column may have another type than the
   * table's.
   */
  readonly type: string
  readonly nullable: boolean
  /** Hash of what the view leans on: the table's column, its type and nullability. */
  readonly hash: string
  readonly mask?: Mask
  /** The scope without which the column is null. */
  readonly scope?: string
  /** The labels of an enum, in their order. */
  readonly values?: readonly string[]
  readonly comment?: string
  /** Generated or an identity column GENERATED ALWAYS: no write may set it. */
  readonly generated?: true
  /** An insert may leave it out: it has a default or may be null. */
  readonly optional?: true
}

/** A SQL tool of a file, `rowgate/<source>/<name>.sql`, as PostgreSQL described it. */
export interface SqlToolLock {
  readonly name: string
  readonly title: string
  readonly description: string
  /** The statement, in which each parameter is `$1` and on. */
  readonly sql: string
  readonly parameters: readonly SqlParameterLock[]
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly writes: boolean
  /** Of a write: when the caller's user is asked first. */
  readonly confirm?: Confirm
  readonly scope?: string
  /** Lifetime of a cached response, in seconds. */
  readonly cacheSeconds?: number
  readonly annotations?: Readonly<Record<'destructiveHint' | 'idempotentHint' | 'openWorldHint', boolean>>
}

export interface SqlParameterLock {
  readonly name: string
  /** As `format_type` prints it. */
  readonly type: string
  readonly description: string
  readonly optional?: true
  /**
   * The value is the identity's, and no model sees the parameter: `tenant`, `user`, `user.NAME` or
   * `claim.NAME`.
   */
  readonly from?: string
}
