/**
 * Ways from a table to rows whose caller is known, by foreign keys. A key that may be null would hide rows
 * or, worse, say nothing about them, so only keys that are NOT NULL count.
 */

import type { CatalogueTable, ForeignKey } from '../catalogue.ts'

export interface Way {
  /** The table's own column; of a key of several, one that no other key has, where there is one. */
  readonly column: string
  readonly to: CatalogueTable
  /** Steps to a table whose rows are known by a column. */
  readonly steps: number
}

/**
 * The ways of each table that has any, best first: the shortest, then the one whose column comes first in the
 * key or the table. `known` are the tables that need none.
 */
export function waysTo(
  tables: readonly CatalogueTable[],
  known: ReadonlySet<CatalogueTable>,
): ReadonlyMap<CatalogueTable, readonly Way[]> {
  const steps = new Map<CatalogueTable, number>([...known].map((table) => [table, 0]))
  const ways = new Map<CatalogueTable, readonly Way[]>()
  for (let grown = true; grown; ) {
    grown = false
    for (const table of tables) {
      if (steps.has(table)) continue
      const found = stepsFrom(table, tables, steps)
      if (found.length === 0) continue
      ways.set(table, found)
      grown = true
    }
    for (const [table, [best]] of ways) {
      if (best !== undefined && !steps.has(table)) steps.set(table, best.steps)
    }
  }
  return ways
}

function stepsFrom(
  table: CatalogueTable,
  tables: readonly CatalogueTable[],
  steps: ReadonlyMap<CatalogueTable, number>,
): Way[] {
  const found = table.foreignKeys.flatMap((key): Way[] => {
    const column = key.columns.find((name) => keysWith(table, name) === 1) ?? key.columns[0]
    const to = tables.find((each) => each.schema === key.schema && each.name === key.table)
    const further = to && steps.get(to)
    if (column === undefined || to === undefined || to === table || further === undefined) return []
    return nullableIn(table, key) === undefined ? [{ column, to, steps: further + 1 }] : []
  })
  return found.toSorted((a, b) => a.steps - b.steps || place(table, a.column) - place(table, b.column))
}

function keysWith({ foreignKeys }: CatalogueTable, column: string): number {
  return foreignKeys.filter(({ columns }) => columns.includes(column)).length
}

/** A column of the key that may be null. */
function nullableIn({ columns }: CatalogueTable, key: ForeignKey): string | undefined {
  return key.columns.find((name) => columns.find((each) => each.name === name)?.notNull !== true)
}

function place({ key, columns }: CatalogueTable, column: string): number {
  const inKey = key.indexOf(column)
  return inKey === -1 ? key.length + columns.findIndex(({ name }) => name === column) : inKey
}

/** A table that has a way, but only by a column that may be null. */
export function nullableWay(
  table: CatalogueTable,
  reached: (schema: string, name: string) => boolean,
): string | undefined {
  const keys = table.foreignKeys.filter(({ schema, table: name }) => reached(schema, name))
  return keys.map((key) => nullableIn(table, key)).find((column) => column !== undefined)
}
