/** What a toolset may ask of Postgres. */

import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import type { NeonHttpDatabase } from 'drizzle-orm/neon-http'

/**
 * Drizzle's query builders. Statements are built with it and run by `read` or `write`, never by awaiting
 * them.
 */
export type Queries = Omit<NeonHttpDatabase, 'batch' | 'transaction' | '$withAuth'>

export type Statements = readonly [BatchItem<'pg'>, ...BatchItem<'pg'>[]]

/**
 * Postgres as one caller sees it. Each call is one transaction in one HTTP round trip that opens by sealing
 * the caller's identity (`rowgate.enter`), so row security applies to every statement. Errors are
 * `RowgateError`s.
 */
export interface Postgres {
  /** Runs statements that only read; Postgres itself refuses a write. */
  read<const T extends Statements>(build: (db: Queries) => T): Promise<BatchResponse<T>>
  /**
   * Runs statements that may write: all of them or none. Say `repeatable` where doing them twice is the same
   * as doing them once, whatever others do in between (what is made has an id or a key): then a lost answer
   * is sent again instead of being an error.
   */
  write<const T extends Statements>(
    build: (db: Queries) => T,
    repeatable?: 'repeatable',
  ): Promise<BatchResponse<T>>
  /**
   * Runs one statement that a guard has accepted, and that is text because the caller wrote it. It only
   * reads; it is refused when the planner expects it to cost more than the deployment allows. Where Postgres
   * cannot make sense of it, the error's `details.position` says at which character of `text`, from 1.
   */
  sandbox(statement: SandboxStatement): Promise<TextRows>
}

export interface SandboxStatement {
  readonly text: string
  /** For `$1` and on, as Postgres reads them: text that takes the type that the statement gives it. */
  readonly parameters: readonly (string | null)[]
  /**
   * Where bare names are looked up; the guard's own list, or it has judged other tables than those that are
   * read.
   */
  readonly searchPath: readonly string[]
  /** The newest thing in it, where not every supported server has it; an older one refuses it. */
  readonly newest?: { readonly name: string; readonly since: number } | undefined
  /** The plan, as one JSON value, instead of the rows: as the planner expects it, or as it ran. */
  readonly explain?: 'expected' | 'run' | undefined
}

/** Rows as Postgres prints their values. */
export interface TextRows {
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export type MaintenanceOperation = 'vacuum' | 'analyze' | 'reindex'

/** Maintenance of Postgres by the tables' owner. */
export interface Maintenance {
  /** Runs it on one of our tables, `schema.table`, once for each confirmation. */
  run(operation: MaintenanceOperation, table: string, confirmation: string): Promise<{ readonly ms: number }>
}
