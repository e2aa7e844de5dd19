/** Names of what `up` makes. */

import { identifier } from '../../../local/postgres/literal.ts'
import { databaseRole } from '../../../local/postgres/login.ts'
import type { CatalogueTable } from '../catalogue.ts'

export const DEFAULT_VIEW_SCHEMA = 'agent'

/** In bytes. Postgres silently truncates a longer name. */
export const NAME_MAX_BYTES = 63

/** The role that owns the views. Nobody can log in as it. */
export function readerName(database: string): string {
  return databaseRole('rowgate_reader_', database)
}

/** A table's own name, or `schema_table` where several have the same. */
export function viewNames(tables: readonly CatalogueTable[]): Map<CatalogueTable, string> {
  const count = new Map<string, number>()
  for (const { name } of tables) count.set(name, (count.get(name) ?? 0) + 1)
  return new Map(
    tables.map((table) => [
      table,
      (count.get(table.name) ?? 0) > 1 ? `${table.schema}_${table.name}` : table.name,
    ]),
  )
}

/** For SQL. */
export function quoted({ schema, name }: Pick<CatalogueTable, 'schema' | 'name'>): string {
  return `${identifier(schema)}.${identifier(name)}`
}

export function list(names: Iterable<string>): string {
  return Array.from(names, identifier).join(', ')
}

/** For sentences. */
export function spoken(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
