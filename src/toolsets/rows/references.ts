/**
 * Foreign keys of a write: the row that it refers to must be among those that the caller sees. Postgres' own
 * check looks at every tenant's rows, and would tell which of them exist.
 */

import { type SQL, sql } from 'drizzle-orm/sql'
import type { SourceLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import type { Table } from './tables.ts'
import { viewOf } from './view.ts'

export interface Reference {
  /** The columns that the caller has given, for an error. */
  readonly columns: readonly string[]
  readonly table: string
  /** True where the target is visible, or nothing is referred to. */
  readonly holds: SQL
}

/**
 * The checks of a write. `given`: a column's new value in SQL, null where it becomes null, undefined where it
 * is not written. `kept`: the value that the row has, or undefined where it has none yet.
 */
export function referencesOf(
  table: Table,
  lock: Pick<SourceLock, 'tables'>,
  given: (column: string) => SQL | null | undefined,
  kept: (column: string) => SQL | undefined,
): readonly Reference[] {
  return table.references.flatMap(({ columns, table: target, to }) => {
    const written = columns.filter((name) => given(name) !== undefined)
    const values = columns.map((name) => given(name) ?? (given(name) === null ? null : kept(name)))
    // With a null in it, a foreign key refers to nothing.
    if (written.length === 0 || values.includes(null)) return []
    const view = lock.tables.find(({ name }) => name === target)
    if (view === undefined) return []
    const kepts = columns.flatMap((name) => (given(name) === undefined ? (kept(name) ?? []) : []))
    const nothing = kepts.map((value) => sql`${value} is null or `)
    const same = to.flatMap((name, at) => {
      const value = values[at]
      return value === undefined || value === null ? [] : [sql`target.${sql.identifier(name)} = ${value}`]
    })
    const from = viewOf({ viewSchema: table.viewSchema, name: view.name })
    const exists = sql`exists (select from ${from} target where ${sql.join(same, sql` and `)})`
    return [{ columns: written, table: view.name, holds: sql`(${sql.join(nothing)}${exists})` }]
  })
}

/** NOT_FOUND does not tell a target that is another's from one that never existed. */
export function noTarget({ columns, table }: Reference): RowgateError {
  const names = columns.map((name) => `\`${name}\``).join(', ')
  return new RowgateError(
    'NOT_FOUND',
    `${names}: there is no such row of \`${table}\` among those that you may see, so nothing was written.`,
    { details: { fields: columns } },
  )
}
