/**
 * Row output of tools: columnar, so that keys are not repeated in each row, and with truncation always
 * reported.
 */

import * as z from 'zod'

/** About 65,000 tokens; the same limit as for a caller's query. */
export const ROWS_MAX_BYTES = 262_144
/** Bytes of one UTF-16 unit in UTF-8, at most. */
const UTF8_MOST_BYTES = 3
const encoder = new TextEncoder()

export const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** A number in an object; beyond 2^53 it is text. */
export const figure = z.union([z.number(), z.string()])

/** A complete result. */
export const tableOutput = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(cell)),
})

/** Rows up to a limit. */
export const listOutput = tableOutput.extend({
  row_count: z.int(),
  truncated: z.boolean(),
})

/** Rows up to a limit, with a cursor. */
export const pageOutput = listOutput.extend({
  next_cursor: z.string().optional().describe('When truncated'),
})

export type List<Cell = z.output<typeof cell>> = Omit<z.output<typeof listOutput>, 'rows'> & {
  rows: Cell[][]
}
export type Page<Cell = z.output<typeof cell>> = List<Cell> & { next_cursor?: string }

type Selected<Cell> = Readonly<Record<string, Cell | Date>>

/**
 * Cuts to `limit` rows. `rows` should come from a query with `limit + 1`: the extra row only shows that there
 * are more.
 */
export function upTo<Row extends readonly unknown[]>(rows: readonly Row[], limit: number) {
  const kept = fitting(rows.slice(0, limit))
  return { rows: kept, row_count: kept.length, truncated: rows.length > kept.length }
}

/** Cuts to ROWS_MAX_BYTES, but keeps at least one row, so that paging can go on. */
function fitting<Row extends readonly unknown[]>(rows: Row[]): Row[] {
  // Cheap upper bound first: measuring bytes costs as much as serialising, and nearly every list is far below
  // the limit.
  if (charactersIn(rows) * UTF8_MOST_BYTES < ROWS_MAX_BYTES) return rows
  let bytes = 0
  const end = rows.findIndex((row, at) => {
    bytes += encoder.encode(JSON.stringify(row)).length
    return at > 0 && bytes > ROWS_MAX_BYTES
  })
  return end === -1 ? rows : rows.slice(0, end)
}

function charactersIn(rows: readonly (readonly unknown[])[]): number {
  let characters = 0
  for (const row of rows) {
    for (const value of row) if (typeof value === 'string') characters += value.length
  }
  return characters
}

/** The same for rows that are objects. Dates become ISO 8601. */
export function listOf<Cell>(
  columns: readonly string[],
  rows: readonly Selected<Cell>[],
  limit: number,
): List<Cell | string | null> {
  const table = rows.map((row) => columns.map((column) => plain(row[column])))
  return { columns: [...columns], ...upTo(table, limit) }
}

/** The same with a cursor, made from the last row shown. */
export function pageOf<Cell, Row>(
  columns: readonly string[],
  rows: readonly (Row & Selected<Cell>)[],
  limit: number,
  cursorAfter: (last: Row) => string,
): Page<Cell | string | null> {
  const list = listOf(columns, rows, limit)
  const last = rows[list.row_count - 1]
  return list.truncated && last !== undefined ? { ...list, next_cursor: cursorAfter(last) } : list
}

function plain<Cell>(value: Cell | Date | undefined): Cell | string | null {
  return value instanceof Date ? value.toISOString() : (value ?? null)
}
