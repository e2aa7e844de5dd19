/**
 * Row ownership for engines without row security. Toolsets have these verbs only, and each adds the caller's
 * tenant, and the caller's id where rows belong to a user.
 */

import { type Column, type GetColumnData, getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'
import type { Caller } from '../infra/caller.ts'
import { type Counts, sizeOf } from './result-size.ts'

/** A table declares its owner by its columns: `tenantId` alone means the tenant, with `userId` that user. */
type OwnedTable<T extends Table> = T & { readonly tenantId: Column }

type Owner = 'tenantId' | 'userId'

declare const result: unique symbol

/** A statement. Only the verbs make one. */
export interface OwnedStatement<R> {
  readonly [result]: R
}

type OwnedStatements = readonly [OwnedStatement<unknown>, ...OwnedStatement<unknown>[]]

type Results<T extends OwnedStatements> = { [I in keyof T]: T[I] extends OwnedStatement<infer R> ? R : never }

type Fields<T extends Table> = Readonly<Record<string, T['_']['columns'][string]>>

interface Clauses {
  readonly where?: SQL | undefined
  readonly orderBy: readonly SQL[]
  readonly limit: number
}

/** The selected columns, under the names that the caller of `select` chose. */
type Row<F extends Fields<Table>> = { [K in keyof F]: GetColumnData<F[K]> }

interface OwnedReads<T extends Table> {
  select<F extends Fields<T>>(
    from: OwnedTable<T>,
    fields: F,
    clauses: Clauses | { readonly where: SQL },
  ): OwnedStatement<Row<F>[]>
}

/** An insert returns nothing; the others return how many of the owner's rows they matched. */
export interface OwnedWrites<T extends Table> extends OwnedReads<T> {
  /** Leaves an existing row with the same unique values as it is. */
  insertOnce<O extends OwnedTable<T>>(into: O, row: Values<O>): OwnedStatement<void>
  update<O extends OwnedTable<T>>(table: O, changes: Changes<O>, where: SQL): OwnedStatement<number>
  remove(from: OwnedTable<T>, where: SQL): OwnedStatement<number>
}

/** A value, or an SQL expression. */
type Values<O extends Table> = Omit<{ [K in keyof O['$inferInsert']]: O['$inferInsert'][K] | SQL }, Owner>

type Changes<O extends Table> = Partial<Values<O>>

/** A database as one caller sees it. All statements of a call run in order in one transaction. */
export interface OwnedDatabase<T extends Table> {
  read<const S extends OwnedStatements>(build: (rows: OwnedReads<T>) => S): Promise<Results<S>>
  write<const S extends OwnedStatements>(build: (rows: OwnedWrites<T>) => S): Promise<Results<S>>
}

/**
 * The owner's columns of a table, with the caller's values. A table without an owner is a bug, so this
 * throws.
 */
export function ownerValues(table: Table, caller: Caller): Record<string, string> {
  const { tenantId, userId } = getTableColumns(table)
  if (tenantId === undefined)
    throw new Error('A table without tenantId belongs to nobody, so nobody may use it.')
  return { tenantId: caller.tenantId, ...(userId !== undefined && { userId: caller.userId }) }
}

/** The condition that limits a statement to the caller's rows, whatever the other condition is. */
export function ownedWhere(table: Table, caller: Caller, where: SQL | undefined): SQL {
  const columns = getTableColumns(table)
  const owner = Object.entries(ownerValues(table, caller)).map(([name, value]) => {
    const column = columns[name]
    return sql`${column} = ${sql.param(value, column)}`
  })
  const mine = sql.join(owner, sql` and `)
  // The parentheses contain an `or`, the line break a comment.
  return where === undefined ? mine : sql`${mine} and (${where}\n)`
}

/** Counts of each result: the rows that it read, or the number of rows that it matched. */
export function countResults(results: readonly unknown[]): Counts[] {
  return results.map((result) => ({
    rows: Array.isArray(result) ? result.length : Number(result ?? 0),
    bytes: sizeOf(result),
  }))
}

/**
 * Pairs the statements of one call with their work, so that an engine runs only statements that its verbs
 * made.
 */
export function issueStatements<Work>(): {
  issue(work: Work): OwnedStatement<never>
  redeem(statement: unknown): Work
} {
  const issued = new Map<unknown, Work>()
  return {
    issue(work) {
      // The type only carries the result's type; at run time the object is empty.
      const statement = {} as OwnedStatement<never>
      issued.set(statement, work)
      return statement
    },
    redeem(statement) {
      const work = issued.get(statement)
      if (work === undefined)
        throw new Error('A statement is made by the verbs of this call and nothing else.')
      return work
    },
  }
}
