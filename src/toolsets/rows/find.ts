/** `find_rows` and `get_row`: one statement each, over the caller's view of the table. */

import { type SQL, sql } from 'drizzle-orm/sql'
import * as z from 'zod'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { ColumnLock } from '../../infra/config/lock-file.ts'
import { upTo } from '../../toolkit/page.ts'
import { columnType } from './column-types.ts'
import { conditionOf } from './filter.ts'
import { after, type Ordered, orderBy, orderOf, type Place, readCursor, writeCursor } from './order.ts'
import type { FindRows, GetRow, Row, RowsPage } from './schema.ts'
import { keyOf, type Table } from './tables.ts'
import { inOurWords, type Unchecked } from './values.ts'
import {
  column,
  columnsOf,
  hasKey,
  keyValues,
  noSuchRow,
  objectOf,
  selection,
  valuesOf,
  viewOf,
} from './view.ts'
import { mustLieInWindow } from './window.ts'

/** One page of rows. `now` in milliseconds. */
export async function findRows(
  postgres: Postgres,
  table: Table,
  input: FindRows,
  now: number,
): Promise<RowsPage> {
  const columns = columnsOf(table, input.columns)
  const order = orderOf(table, input.order)
  const unchecked: Unchecked = new Set()
  mustLieInWindow(table, input, now)
  const condition = conditionOf(table, input, unchecked)
  const place = await readCursor(order, table, input)
  const conditions = [condition, place && after(order, place)].flatMap((each) => each ?? [])
  const statement = pageStatement(table, columns, order, conditions, input.limit + 1)
  const [{ rows }] = await postgres
    .read((db) => [db.execute(statement)])
    .catch((error: unknown) => {
      // A cursor that was made up is the likeliest where nothing else could be wrong.
      // Nor is it known of every type that its values have an order.
      const named =
        place === undefined ? order.filter(({ column }) => columnType(column.type).mayBeComposite) : order
      for (const { column } of named) unchecked.add(column)
      throw inOurWords(error, unchecked)
    })
  const list = upTo(
    rows.map((row) => valuesOf(columns, row)),
    input.limit,
  )
  const page = { columns: columns.map(({ name }) => name), ...list }
  const last = rows[list.row_count - 1]
  if (!list.truncated || last === undefined || table.key.length === 0) return page
  return { ...page, next_cursor: await writeCursor(placeOf(order, last), table, input) }
}

/**
 * With a key, the page's rows are chosen by their keys, and then each is looked up. Postgres plans a barrier
 * view by itself: it works out all of the caller's rows before the ORDER BY and LIMIT around it. Then they
 * are at least narrow, and often no more than an index. `offset 0` keeps the lookup a subquery, which the key
 * is passed into.
 */
function pageStatement(
  table: Table,
  columns: readonly ColumnLock[],
  order: readonly Ordered[],
  conditions: readonly SQL[],
  limit: number,
): SQL {
  const view = viewOf(table)
  const where = conditions.length === 0 ? sql`` : sql` where ${sql.join([...conditions], sql` and `)}`
  const inOrder = (of: (column: ColumnLock) => SQL) =>
    order.length === 0 ? sql`` : sql` order by ${orderBy(order, of)}`
  const narrow = order.map((each) => each.column)
  if (table.key.length === 0 || columns.every((each) => narrow.includes(each))) {
    return sql`select ${selection(columns)}, ${placeColumns(order, column)} from ${view}${where}${inOrder(column)} limit ${limit}`
  }
  const chosen = (each: ColumnLock) => sql`chosen.${column(each)}`
  const found = (each: ColumnLock) => sql`found.${column(each)}`
  const keys = sql.join(
    keyOf(table).map((each) => sql`${view}.${column(each)} = ${chosen(each)}`),
    sql` and `,
  )
  return sql`select ${selection(columns, found)}, ${placeColumns(order, chosen)}
    from (select ${sql.join(narrow.map(column), sql`, `)} from ${view}${where}${inOrder(column)} limit ${limit}) chosen
    cross join lateral (select * from ${view} where ${keys} offset 0) found${inOrder(chosen)}`
}

/** The values of the place, under names of ours: `p0` and on. Without any, a null. */
function placeColumns(order: readonly Ordered[], of: (column: ColumnLock) => SQL): SQL {
  if (order.length === 0) return sql`null as p0`
  const texts = order.map((each, at) => sql`cast(${of(each.column)} as text) as ${sql.identifier(`p${at}`)}`)
  return sql.join(texts, sql`, `)
}

const places = z.record(z.string(), z.unknown())

function placeOf(order: readonly Ordered[], row: unknown): Place {
  const texts = places.parse(row)
  return order.map((_, at) => {
    const text = texts[`p${at}`]
    return typeof text === 'string' ? text : null
  })
}

export async function getRow(postgres: Postgres, table: Table, input: GetRow): Promise<Row> {
  const columns = columnsOf(table, input.columns)
  const unchecked: Unchecked = new Set()
  const where = hasKey(table, keyValues(table, input.key, unchecked))
  const statement = sql`select ${selection(columns)} from ${viewOf(table)} where ${where} limit 1`
  const [{ rows }] = await postgres
    .read((db) => [db.execute(statement)])
    .catch((error: unknown) => {
      throw inOurWords(error, unchecked)
    })
  const [row] = rows
  if (row === undefined) throw noSuchRow(table)
  return { row: objectOf(columns, row) }
}
