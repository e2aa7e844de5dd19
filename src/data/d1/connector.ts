/**
 * D1, Cloudflare's SQLite: a binding, so nothing is opened or closed. Each use is one batch, which is atomic.
 */

import type { D1Database } from '@cloudflare/workers-types'
import { type Column, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Caller } from '../../infra/caller.ts'
import type { D1Binding } from '../../infra/config/bindings.ts'
import type { CallScope } from '../call-scope.ts'
import { exactDecoder } from '../exact-fields.ts'
import { createExecutor } from '../execute.ts'
import { countResults, issueStatements, type OwnedWrites, ownedWhere, ownerValues } from '../owned-rows.ts'
import type { D1 } from './capability.ts'
import { toRowgateError } from './errors.ts'

/** A batch has nothing to close. */
type D1Call = Pick<CallScope, 'signal' | 'deadline' | 'observe' | 'audit'>

interface Work {
  readonly item: BatchItem<'sqlite'> & { toSQL(): { readonly sql: string } }
  /** Converts the batch's result into the verb's. */
  outcome(result: unknown): unknown
}

/** Made once per isolate. Drizzle's dialect loads when a call first uses the database. */
export function createD1(binding: D1Binding): (caller: Caller, call: D1Call) => D1 {
  const execute = createExecutor({ engine: 'd1', title: 'D1', toRowgateError })
  let db: DrizzleD1Database | undefined
  return (caller, call) => {
    async function run(
      access: string,
      build: (rows: OwnedWrites<SQLiteTable>) => readonly unknown[],
    ): Promise<unknown[]> {
      // Our type has the members that are used and have been checked; Drizzle's requires all.
      db ??= (await import('drizzle-orm/d1')).drizzle(binding as D1Database)
      const open = db
      const { rows, redeem } = verbs(open, caller)
      const works = build(rows).map(redeem)
      const [first, ...rest] = works.map(({ item }) => item)
      if (first === undefined) return []
      const operation = {
        call,
        repeatable: access === 'read',
        auditFirst: access === 'write',
        statements: () => works.map(({ item }) => item.toSQL().sql),
        count: countResults,
      }
      return await execute<unknown[]>(operation, async () => {
        const results = await open.batch([first, ...rest])
        return works.map(({ outcome }, index) => outcome(results[index]))
      })
    }

    return {
      // Each statement returns what its verb declares, in order; a list of mixed types cannot express that.
      read: (build) => run('read', build) as Promise<never>,
      write: (build) => run('write', build) as Promise<never>,
    }
  }
}

/**
 * One caller's verbs, and their statements in a batch. Each verb's own type checks the values against its
 * table; Drizzle's cannot be computed for a table that is not known yet, hence `never`.
 */
function verbs(db: DrizzleD1Database, caller: Caller) {
  const { issue, redeem } = issueStatements<Work>()
  const rows: OwnedWrites<SQLiteTable> = {
    select: (from, fields, { where, ...rest }) => {
      const query = db
        .select(exactIntegers(fields))
        .from(from)
        .where(ownedWhere(from, caller, where))
        .$dynamic()
      return issue({
        item: 'limit' in rest ? query.orderBy(...rest.orderBy).limit(rest.limit) : query,
        outcome: (found) => found,
      })
    },
    insertOnce: (into, row) => {
      const values = { ...row, ...ownerValues(into, caller) } as never
      return issue({ item: db.insert(into).values(values).onConflictDoNothing(), outcome: () => undefined })
    },
    update: (table, changes, where) => {
      const set = { ...changes, ...ownerValues(table, caller) } as never
      const item = db
        .update(table)
        .set(set)
        .where(ownedWhere(table, caller, where))
        .returning(MET)
      return issue({ item, outcome: howMany })
    },
    remove: (from, where) => {
      const item = db
        .delete(from)
        .where(ownedWhere(from, caller, where))
        .returning(MET)
      return issue({ item, outcome: howMany })
    },
  }
  return { rows, redeem }
}

/** SQLite types that may hold an integer beyond a double. */
const WHOLE = /^(?:integer|numeric)/

/**
 * D1 returns every number as a double, so a large integer is selected as text. The alias keeps ORDER BY on
 * the column and not on this expression.
 */
function exactIntegers<F extends Readonly<Record<string, Column>>>(fields: F): F {
  const selected = Object.entries(fields).map(([name, column]) => {
    if (!WHOLE.test(column.getSQLType())) return [name, column]
    const exact: SQL = sql`case when typeof(${column}) = 'integer' and ${column} not between -9007199254740991 and 9007199254740991 then cast(${column} as text) else ${column} end`
    return [name, exact.mapWith(exactDecoder(column)).as(`exact_${name}`)]
  })
  return Object.fromEntries(selected)
}

/** D1's own count of changes includes what triggers did. */
const MET = { met: sql<number>`1` }

function howMany(met: unknown): unknown {
  return Array.isArray(met) ? met.length : undefined
}
