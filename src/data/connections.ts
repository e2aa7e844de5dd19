/**
 * What a toolset may ask of a database: capabilities of a few verbs. The drivers behind them are each in
 * their own file.
 */

import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import type { MySqlTable } from 'drizzle-orm/mysql-core'
import type { NeonHttpDatabase } from 'drizzle-orm/neon-http'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Caller } from '../infra/caller.ts'
import type { RoundTrip } from '../infra/observability/query-monitor.ts'
import type { OwnedDatabase } from './owned-rows.ts'

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

/** MySQL or MariaDB. Several statements are one transaction. */
export type MySql = OwnedDatabase<MySqlTable>

/** Cloudflare's SQLite. Several statements are one transaction, in one round trip. */
export type D1 = OwnedDatabase<SQLiteTable>

/** Width of every embedding, whatever the model: one column holds them all. */
export const EMBEDDING_DIMENSIONS = 1536

/** Turns texts into vectors whose cosines tell how alike their meanings are. */
export interface Embedder {
  /** Which model made a vector: only vectors of one model can be compared. */
  readonly model: string
  /**
   * One vector for each text, in order, `EMBEDDING_DIMENSIONS` wide; a narrower model's are padded with
   * zeros.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>
}

export type Json = Readonly<Record<string, unknown>>

/** A collection as its toolset declares it. */
export interface Collection {
  readonly name: string
  /** Fields that hold dates: a text in ISO 8601 beside them means one. */
  readonly dates: readonly string[]
  /** The field that no two documents of a tenant may share, and what to say where they would. */
  readonly uniqueInTenant: string
  readonly conflict: string
}

export interface Documents {
  readonly documents: readonly Json[]
  /** Whether there are more. */
  readonly truncated: boolean
}

/** In MongoDB's language. Whatever a caller sends is read against lists of what is allowed. */
export interface Find {
  readonly query?: unknown
  readonly sort: unknown
  readonly projection?: unknown
  readonly skip?: number | undefined
  readonly limit: number
}

export interface Aggregate {
  readonly query?: unknown
  readonly pipeline: unknown
  readonly limit: number
}

/**
 * MongoDB as one caller sees it: their own documents and no others. Documents are plain JSON, in and out,
 * with EJSON's `$date`, `$oid` and `$number…` on the way in. Errors are `RowgateError`s.
 */
export interface MongoDb {
  /**
   * The document as it is stored. A key of the caller's that was used before gives the first one, unchanged.
   */
  insert(into: Collection, document: Json, key?: string): Promise<Json>
  find(from: Collection, find: Find): Promise<Documents>
  aggregate(from: Collection, aggregate: Aggregate): Promise<Documents>
}

/** What the keys are for. Two spaces share no key, whatever it is called. */
type RedisSpace = 'cache' | 'responses'

/** Redis as one caller sees it: their own keys and no others. Errors are `RowgateError`s. */
interface Redis {
  space(name: RedisSpace): KeyValue
}

/** Any text may be a key. Every verb is one round trip, and happens whole or not at all. */
export interface KeyValue {
  get(key: string): Promise<{ readonly value: string; readonly ttlMs: number } | undefined>
  /** `ttlMs` is a whole number of milliseconds, at most 30 days. */
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Whether there was such a key. */
  delete(key: string): Promise<boolean>
  /** Counts from 1, and keeps the count for this much longer. */
  increment(key: string, ttlMs: number): Promise<number>
  /** How many keys the caller has here, and the server's version where it says. */
  stats(): Promise<{ readonly keys: number; readonly version: string }>
}

/** Whether each configured engine answers. No host, no version, no reason: anybody may know it. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly engines: Readonly<
    Record<
      string,
      { readonly status: 'up' | 'down'; readonly ms: number; readonly login?: 'safe' | 'unsafe' }
    >
  >
}

export type UpkeepOperation = 'vacuum' | 'analyze' | 'reindex'

/** Postgres' upkeep as its owner. */
export interface Upkeep {
  /** Runs it on one of our tables, `schema.table`, once for each confirmation. */
  run(operation: UpkeepOperation, table: string, confirmation: string): Promise<{ readonly ms: number }>
}

/**
 * One call's databases. A property opens its engine on first use; an engine that is not configured is
 * UNAVAILABLE.
 */
export interface Connections {
  readonly postgres: Postgres
  readonly mysql: MySql
  readonly d1: D1
  /**
   * The Postgres schemas that the caller's own SQL may name, in the order in which bare names are looked up.
   */
  readonly sqlSchemas: readonly string[]
  readonly embedder: Embedder
  readonly mongodb: MongoDb
  readonly redis: Redis
  readonly owner: Upkeep
  health(): Promise<HealthReport>
}

/** What every call has, whatever is configured: an embedder is built in. */
export type Settled = Pick<Connections, 'embedder' | 'sqlSchemas' | 'health'>

/** What can be absent. */
export type Engine = Exclude<keyof Connections, keyof Settled>

export const ENGINES: readonly Engine[] = ['postgres', 'mysql', 'd1', 'mongodb', 'redis', 'owner']

/** How one call enters the audit log. */
export interface AuditTrail {
  /** The signed row for `rowgate.audit`, to be the last statement of a write's own transaction. */
  signWrite(): Promise<string>
  /** Such a transaction has been committed. */
  written(): void
  /**
   * Before a write that cannot hold its own row, being another engine's: where the operator asks for it,
   * waits until the log says that the call has begun to write, once a call. Rejects with UNAVAILABLE where it
   * cannot say so.
   */
  begun(): Promise<void>
  /**
   * The call is over: `success`, or an error's code. What no write has recorded is recorded after the answer.
   */
  end(outcome: string): void
}

/** What the audit log needs of a request. */
export interface AuditedRequest {
  readonly caller: Caller
  requestId(): string
  waitUntil(work: Promise<unknown>): void
}

/** A call of a request, as it begins. */
export interface BegunCall {
  readonly tool: string
  readonly readOnly: boolean
  /** As they came, before they are parsed. */
  readonly args: unknown
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** Begins the trail of one call. */
export type Audit = (request: AuditedRequest, call: BegunCall) => AuditTrail

/** The bounds of one call, and what is to be done when it is over. */
export interface CallScope {
  /** Aborted when the client goes away or cancels. */
  readonly signal: AbortSignal
  /** When all of the call's work has to be done, in milliseconds since the epoch. */
  readonly deadline: number
  /** Has a connection closed once the call is over, whatever happened; the answer does not wait for it. */
  onEnd(close: () => Promise<void>): void
  /** Told of every trip to a database. */
  observe(trip: RoundTrip): void
  /** W3C trace id of the request, 32 hex digits, where it has one. */
  readonly traceId: string | undefined
  /**
   * Where the call is audited. A connector that can, writes the row of a write into the write's own
   * transaction.
   */
  readonly audit?: AuditTrail | undefined
}

/** What an engine's file makes once per isolate: it gives one caller a connector for one call. */
export type Open<E extends Engine> = (caller: Caller, call: CallScope) => Connections[E]
