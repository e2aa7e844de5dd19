/** Names of a database's tables and columns: their words, and their spelling in the file. */

import type { CatalogueTable } from '../catalogue.ts'

/** `homeAddress`, `HOME_ADDRESS` and `Home Address` are `home`, `address`. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
}

/** The same words with `_` between them: `homeAddress` is `home_address`. */
export function snake(name: string): string {
  return wordsOf(name).join('_')
}

/** The name of each table in `rowgate.yaml`: without its schema, where that is clear. */
export function fileNames(tables: readonly CatalogueTable[]): ReadonlyMap<CatalogueTable, string> {
  const counts = new Map<string, number>()
  for (const { name } of tables) counts.set(name, (counts.get(name) ?? 0) + 1)
  return new Map(
    tables.map((table) => [
      table,
      counts.get(table.name) === 1 && !table.name.includes('.')
        ? table.name
        : `${table.schema}.${table.name}`,
    ]),
  )
}

/** `member` of `members`, `company` of `companies`. */
export function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word
}
