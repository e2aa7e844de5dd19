/** Writes many rows with few statements. */

import type { Owner } from './backend.ts'

type Value = string | number | Date | null

/** More rows a statement are no faster, and take the embedded Postgres more memory. */
const ROWS_A_STATEMENT = 1_000

/** The table, the columns and what to do on a conflict are the script's own words; values are quoted here. */
export async function insertRows(
  owner: Owner,
  table: string,
  columns: string,
  rows: readonly (readonly Value[])[],
  onConflict = '',
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const tuples = rows.slice(from, from + ROWS_A_STATEMENT).map((row) => `(${row.map(literal).join(',')})`)
    await owner(`insert into ${table} (${columns}) values ${tuples.join(',')} ${onConflict}`)
  }
}

export function literal(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return String(value)
  const text = value instanceof Date ? value.toISOString() : value
  return `'${text.replaceAll("'", "''")}'`
}
