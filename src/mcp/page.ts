/** Rows as every tool answers with them: columnar, so that no key is said once a row, and never cut silently. */

import * as z from 'zod'

export const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Rows that are all there are. */
export const tableOutput = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(cell)).describe('In the order of `columns`'),
})

/** Rows up to a limit. */
export const listOutput = tableOutput.extend({
  row_count: z.int(),
  truncated: z.boolean().describe('true when there are more'),
})

/** Rows up to a limit, and where to go on. */
export const pageOutput = listOutput.extend({
  truncated: z.boolean().describe('true when there are more: call again with `next_cursor`'),
  next_cursor: z.string().optional(),
})

export type Table = z.output<typeof tableOutput>
export type List<Cell = z.output<typeof cell>> = Omit<z.output<typeof listOutput>, 'rows'> & {
  rows: Cell[][]
}
export type Page<Cell = z.output<typeof cell>> = List<Cell> & { next_cursor?: string }

type Selected<Cell> = Readonly<Record<string, Cell | Date>>

/** What is shown of rows of which one more than `limit` was asked for: that one only says that there are more. */
export function upTo<Row>(rows: readonly Row[], limit: number) {
  const kept = rows.slice(0, limit)
  return { rows: kept, row_count: kept.length, truncated: rows.length > limit }
}

/** The same of rows that are objects, their times in ISO 8601. */
export function listOf<Cell>(
  columns: readonly string[],
  rows: readonly Selected<Cell>[],
  limit: number,
): List<Cell | string | null> {
  const table = rows.map((row) => columns.map((column) => plain(row[column])))
  return { columns: [...columns], ...upTo(table, limit) }
}

/** The same with a cursor, made from the last row that is shown. */
export function pageOf<Cell, Row>(
  columns: readonly string[],
  rows: readonly (Row & Selected<Cell>)[],
  limit: number,
  cursorAfter: (last: Row) => string,
): Page<Cell | string | null> {
  const list = listOf(columns, rows, limit)
  const last = rows[limit - 1]
  return list.truncated && last !== undefined ? { ...list, next_cursor: cursorAfter(last) } : list
}

function plain<Cell>(value: Cell | Date | undefined): Cell | string | null {
  return value instanceof Date ? value.toISOString() : (value ?? null)
}
