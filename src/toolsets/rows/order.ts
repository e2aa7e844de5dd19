/** The order of a list, always total where the table has a key, and the place in it where a page ends. */

import { type SQL, sql } from 'drizzle-orm/sql'
import type { ColumnLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { base64url, sha256 } from '../../infra/hash.ts'
import { clip } from '../../infra/text.ts'
import { columnType } from './column-types.ts'
import type { FindRows } from './schema.ts'
import { columnOf, type Table } from './tables.ts'

export interface Ordered {
  readonly column: ColumnLock
  readonly descending: boolean
}

/** The order asked for, else the file's order, else the key; then the missing columns of the key. */
export function orderOf(table: Table, asked: readonly string[] | undefined): readonly Ordered[] {
  const first = asked?.map((entry) => ordered(table, entry)) ?? defaultOrder(table)
  const repeated = first.find(({ column }, at) => first.findIndex((each) => each.column === column) < at)
  if (repeated !== undefined) throw invalid(`\`${clip(repeated.column.name)}\` stands twice.`)
  // In the direction of the last one, so that one index can serve both.
  const descending = first.at(-1)?.descending ?? false
  const rest = table.key
    .filter((name) => !first.some(({ column }) => column.name === name))
    .map((name) => ({ column: columnOf(table, name, 'order'), descending }))
  return [...first, ...rest]
}

function defaultOrder(table: Table): Ordered[] {
  const { order } = table
  const column = table.columns.find(({ name }) => name === order?.column)
  return column === undefined || order === undefined ? [] : [{ column, descending: order.descending }]
}

function ordered(table: Table, entry: string): Ordered {
  const isColumn = table.columns.some(({ name }) => name === entry)
  const descending = !isColumn && entry.startsWith('-')
  const column = columnOf(table, descending ? entry.slice(1) : entry, 'order')
  if (!columnType(column.type).order) throw invalid(`values of type ${column.type} have no order.`)
  return { column, descending }
}

/** Null comes where Postgres puts it: last, or first from the highest. */
export function orderBy(order: readonly Ordered[], of: (column: ColumnLock) => SQL): SQL {
  const parts = order.map(({ column, descending }) =>
    descending ? sql`${of(column)} desc` : sql`${of(column)} asc`,
  )
  return sql.join(parts, sql`, `)
}

/** The values by which a row has its place, as text. */
export type Place = readonly (string | null)[]

/** The condition of the rows behind a place. */
export function after(order: readonly Ordered[], place: Place): SQL {
  const [first] = order
  const isRow = order.every(
    ({ column, descending }, at) =>
      !mayBeNull(column) && place[at] !== null && descending === first?.descending,
  )
  if (isRow && first !== undefined) {
    // A comparison of rows is one that an index can begin at.
    const columns = order.map(({ column }) => sql`${sql.identifier(column.name)}`)
    const values = place.map((value) => sql`${value}`)
    const sign = first.descending ? sql`<` : sql`>`
    return sql`(${sql.join(columns, sql`, `)}) ${sign} (${sql.join(values, sql`, `)})`
  }
  return step(order, place)
}

/** Null is also what a mask makes of a value, and what is shown without the column's scope. */
function mayBeNull({ nullable, mask, scope }: ColumnLock): boolean {
  return nullable || mask !== undefined || scope !== undefined
}

/** Behind in the first column, or level there and behind in the rest. */
function step([first, ...rest]: readonly Ordered[], [value = null, ...values]: Place): SQL {
  if (first === undefined) return sql`false`
  const column = sql.identifier(first.column.name)
  const level = value === null ? sql`${column} is null` : sql`${column} = ${value}`
  return sql`(${behind(first, value)} or (${level} and ${step(rest, values)}))`
}

function behind({ column: { name }, descending }: Ordered, value: string | null): SQL {
  const column = sql.identifier(name)
  if (value === null) return descending ? sql`${column} is not null` : sql`false`
  return descending ? sql`${column} < ${value}` : sql`(${column} > ${value} or ${column} is null)`
}

/** Bytes of the mark that ties a cursor to its list. */
const MARK_BYTES = 8

/**
 * The place as a cursor. It holds only values of a row that its caller has seen, and says no more than a
 * filter could: the mark guards against mistakes.
 */
export async function writeCursor(place: Place, table: Table, input: FindRows): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([await markOf(table, input), ...place]))
  return base64url(bytes)
}

export async function readCursor(
  order: readonly Ordered[],
  table: Table,
  input: FindRows,
): Promise<Place | undefined> {
  if (input.cursor === undefined) return undefined
  if (table.key.length === 0) throw notPageable(table)
  const content = decoded(input.cursor)
  if (!isPlace(content) || content[0] !== (await markOf(table, input)) || content.length !== order.length + 1)
    throw wrongCursor()
  return content.slice(1)
}

function decoded(cursor: string): unknown {
  try {
    const text = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function isPlace(content: unknown): content is Place {
  return (
    Array.isArray(content) &&
    content.every((value) => value === null || (typeof value === 'string' && !value.includes('\0')))
  )
}

async function markOf(table: Table, { filter, any, order }: FindRows): Promise<string> {
  const text = JSON.stringify([table.source, table.name, filter, any, order ?? null])
  return base64url((await sha256(text)).subarray(0, MARK_BYTES))
}

export function wrongCursor(): RowgateError {
  const message =
    '`cursor` is not that of this list: send the same table, filter and order as before, or leave `cursor` out.'
  return new RowgateError('VALIDATION_ERROR', message, { details: { fields: ['cursor'] } })
}

function notPageable({ name }: Table): RowgateError {
  const message = `\`${name}\` has no key, so its lists have no pages; filter more, or leave \`cursor\` out.`
  return new RowgateError('VALIDATION_ERROR', message, { details: { fields: ['cursor'] } })
}

function invalid(rule: string): RowgateError {
  return new RowgateError('VALIDATION_ERROR', `\`order\`: ${rule}`, { details: { fields: ['order'] } })
}
