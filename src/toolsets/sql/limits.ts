/** Limits of a description of tables. */

import type { Described } from './schema.ts'

/** Tables per response. */
export const MAX_LISTED = 500
/**
 * Limit for the columns of all tables of a response: about 12,000 tokens. Clients cut responses at 25,000.
 */
const DESCRIBED_MAX_BYTES = 40_000

const encoder = new TextEncoder()

/** Cuts columns to DESCRIBED_MAX_BYTES, but keeps at least one per table. A cut table gets `next_column`. */
export function fitting(tables: Described['tables'], first: number): Described['tables'] {
  let bytes = 0
  return tables.map((table) => {
    const cut = table.columns.findIndex((column, at) => {
      bytes += encoder.encode(JSON.stringify(column)).length
      return bytes > DESCRIBED_MAX_BYTES && at > 0
    })
    const columns = cut === -1 ? table.columns : table.columns.slice(0, cut)
    const next = first + columns.length
    return { ...table, columns, ...(next <= table.column_count && { next_column: next }) }
  })
}
