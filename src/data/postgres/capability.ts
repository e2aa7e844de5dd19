/** Postgres: the capability for toolsets. */

import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import type { NeonHttpDatabase } from 'drizzle-orm/neon-http'

/**
 * Drizzle's query builders. They build statements, which `read` or `write` runs; a builder is never awaited.
 */
export type Queries = Omit<NeonHttpDatabase, 'batch' | 'transaction' | '$withAuth'>

export type Statements = readonly [BatchItem<'pg'>, ...BatchItem<'pg'>[]]

/**
 * Postgres as one caller sees it. Each call is one transaction in one round trip. It begins with the seal of
 * the caller's identity (`rowgate.enter`), so row security applies to every statement. Errors are
 * `RowgateError`s.
 */
export interface Postgres {
  /** Runs statements that only read; Postgres itself refuses a write. */
  read<const T extends Statements>(build: (db: Queries) => T): Promise<BatchResponse<T>>
  /**
   * Runs statements that may write, all or none. Pass `repeatable` where running them twice has the same
   * effect as once, whatever others do in between (new rows have an id or a key): then a lost answer is
   * retried instead of being an error.
   */
  write<const T extends Statements>(
    build: (db: Queries) => T,
    repeatable?: 'repeatable',
  ): Promise<BatchResponse<T>>
  /**
   * Runs one statement that the caller wrote and the guard accepted. It only reads, and is refused when the
   * planner expects it to cost more than the deployment allows.
   */
  runCallerSql(statement: CallerStatement): Promise<TextRows>
}

export interface CallerStatement {
  readonly text: string
  /** Values of `$1` and on, as text that Postgres converts to the type that the statement gives them. */
  readonly parameters: readonly (string | null)[]
  /**
   * It must be the list that the guard resolved names with, or the statement reads tables that the guard did
   * not check.
   */
  readonly searchPath: readonly string[]
  /** The newest feature in it that not every supported server has; an older server refuses it. */
  readonly newest?: { readonly name: string; readonly since: number } | undefined
  /** Returns the plan, as one JSON value, instead of the rows: as the planner expects it, or as it ran. */
  readonly explain?: 'expected' | 'run' | undefined
  /** The place of an error at a character of `text`, counted from 1, where `text` is the caller's. */
  placeAt?(position: number): ErrorPlace | undefined
}

/** Where an error is in what the caller wrote. */
export interface ErrorPlace {
  /** The name, literal or operator there. */
  readonly subject: string
  /** Of its first character, counted from 1 as Postgres does: an emoji is one. */
  readonly position: number
}

/** Rows with values as Postgres prints them. */
export interface TextRows {
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** The source's table of users does not have the caller, who sees no rows that are a user's. */
  readonly isUnknownUser?: true
}

export type MaintenanceOperation = 'vacuum' | 'analyze' | 'reindex'

/** Maintenance of Postgres by the tables' owner. */
export interface Maintenance {
  /** Runs an operation on one of our tables, `schema.table`, once for each confirmation. */
  run(operation: MaintenanceOperation, table: string, confirmation: string): Promise<{ readonly ms: number }>
}
