/** Bulk insert. */

import type { Owner } from './backend.ts'

type Value = string | number | Date | null

/** Larger statements are no faster, and use more memory in the embedded Postgres. */
const ROWS_A_STATEMENT = 1_000

/** Only values are quoted. `table`, `columns` and `onConflict` must be the script's own text. */
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
