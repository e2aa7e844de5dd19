/** The tables that a caller's SQL may name in a source. */

import type { Caller } from '../../infra/caller.ts'
import type { SourceLock, TableLock } from '../../infra/config/lock-file.ts'
import type { Access } from '../../sql-guard/rules/relations.ts'
import type { CallContext } from '../../toolkit/tool.ts'

/** In a source with a lock its views, else the schemas of the settings without what needs another scope. */
export function accessOf({ source, services, caller }: CallContext): Access {
  const { lock } = source
  if (lock === undefined) {
    const scoped = [...services.tableScopes].filter(([, scope]) => !caller.scopes.has(scope))
    const hidden = new Set(scoped.map(([table]) => table))
    return { schemas: services.sqlSchemas.filter((schema) => !hidden.has(`${schema}.*`)), hidden }
  }
  const tables = visibleTables(lock, caller)
  const named = ({ name }: TableLock) => `${lock.viewSchema}.${name}`
  const windows = tables.flatMap((table) =>
    table.window === undefined ? [] : [[named(table), table.window] as const],
  )
  return {
    schemas: [lock.viewSchema],
    tables: new Set(tables.map(named)),
    ...(windows.length > 0 && { windows: { of: new Map(windows), now: Date.now() } }),
  }
}

/** The tables whose scope the caller has, or that need none. */
export function visibleTables({ tables }: SourceLock, { scopes }: Caller): readonly TableLock[] {
  return tables.filter(({ scope }) => scope === undefined || scopes.has(scope))
}
