/**
 * Whose rows they are, for engines without row security: a toolset has no other verbs than these, and each of
 * them carries the caller's tenant, and the caller where rows are a person's.
 */

import { type Column, type GetColumnData, getTableColumns, type SQL, sql, type Table } from 'drizzle-orm'
import type { Caller } from '../infra/caller.ts'
import { type Counts, sizeOf } from './result-size.ts'

/**
 * A table says by its columns whose a row is: `tenantId` alone, the tenant's; `userId` beside it, that one
 * user's.
 */
type OwnedTable<T extends Table> = T & { readonly tenantId: Column }

type Owner = 'tenantId' | 'userId'

declare const result: unique symbol

/** A statement as a verb made it; there is no other way to come by one. */
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

/** The columns as the database gives them, by the names that the caller of `select` chose. */
type Row<F extends Fields<Table>> = { [K in keyof F]: GetColumnData<F[K]> }

interface OwnedReads<T extends Table> {
  select<F extends Fields<T>>(
    from: OwnedTable<T>,
    fields: F,
    clauses: Clauses | { readonly where: SQL },
  ): OwnedStatement<Row<F>[]>
}

/** Inserts give nothing, the others how many of the owner's rows they met. */
export interface OwnedWrites<T extends Table> extends OwnedReads<T> {
  /** A row whose unique values are there already is left as it is. */
  insertOnce<O extends OwnedTable<T>>(into: O, row: Values<O>): OwnedStatement<void>
  update<O extends OwnedTable<T>>(table: O, changes: Changes<O>, where: SQL): OwnedStatement<number>
  remove(from: OwnedTable<T>, where: SQL): OwnedStatement<number>
}

/** A value, or SQL that makes it. */
type Values<O extends Table> = Omit<{ [K in keyof O['$inferInsert']]: O['$inferInsert'][K] | SQL }, Owner>

type Changes<O extends Table> = Partial<Values<O>>

/** A database as one caller sees it. All statements of a call to it happen, in their order, or none. */
export interface OwnedDatabase<T extends Table> {
  read<const S extends OwnedStatements>(build: (rows: OwnedReads<T>) => S): Promise<Results<S>>
  write<const S extends OwnedStatements>(build: (rows: OwnedWrites<T>) => S): Promise<Results<S>>
}

/**
 * The owner's columns of a table with the caller's values. A table that nobody owns is a mistake of ours, and
 * told so.
 */
export function ownerValues(table: Table, caller: Caller): Record<string, string> {
  const { tenantId, userId } = getTableColumns(table)
  if (tenantId === undefined)
    throw new Error('A table without tenantId belongs to nobody, so nobody may use it.')
  return { tenantId: caller.tenantId, ...(userId !== undefined && { userId: caller.userId }) }
}

/** The condition that holds a statement to the caller's rows, whatever the other condition says. */
export function ownedWhere(table: Table, caller: Caller, where: SQL | undefined): SQL {
  const columns = getTableColumns(table)
  const owner = Object.entries(ownerValues(table, caller)).map(([name, value]) => {
    const column = columns[name]
    return sql`${column} = ${sql.param(value, column)}`
  })
  const mine = sql.join(owner, sql` and `)
  // The parentheses hold an `or` in, the line break a comment.
  return where === undefined ? mine : sql`${mine} and (${where}\n)`
}

/** The counts of each result: the rows that it read, or the number of rows that it met. */
export function countResults(results: readonly unknown[]): Counts[] {
  return results.map((result) => ({
    rows: Array.isArray(result) ? result.length : Number(result ?? 0),
    bytes: sizeOf(result),
  }))
}

/**
 * What an engine runs for the statements of one call, and the way to it: nothing else that is handed in is
 * run.
 */
export function issueStatements<Work>(): {
  issue(work: Work): OwnedStatement<never>
  redeem(statement: unknown): Work
} {
  const issued = new Map<unknown, Work>()
  return {
    issue(work) {
      // The type is a promise of what the statement gives, and has nothing at run time.
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
