/** Notes in D1. The connector adds the owner's condition to every statement; nothing here names an owner. */

import { and, desc, eq, lt, or, type SQL, sql } from 'drizzle-orm'
import type { D1 } from '../../data/d1/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import { uuidv7 } from '../../infra/uuid.ts'
import { type Page, pageOf } from '../../toolkit/page.ts'
import type { CreateTask, GetTasks, Note, UpdateTaskStatus } from './schema.ts'
import { notebook } from './tables.ts'

const columns = {
  id: notebook.id,
  title: notebook.title,
  details: notebook.details,
  status: notebook.status,
  priority: notebook.priority,
  created_at: notebook.createdAt,
  updated_at: notebook.updatedAt,
}

/** Idempotent with `idempotency_key`: a repeated key returns the first note unchanged. */
export async function createTask(d1: D1, input: CreateTask): Promise<Note> {
  const { idempotency_key: key, ...given } = input
  const id = uuidv7()
  const which = key === undefined ? eq(notebook.id, id) : eq(notebook.idempotencyKey, key)
  const row = { ...given, id, status: 'pending', ...(key !== undefined && { idempotencyKey: key }) }
  const [, rows] = await d1.write((mine) => [
    mine.insertOnce(notebook, row),
    mine.select(notebook, columns, { where: which }),
  ])
  return onlyRow(rows)
}

/** One page of the caller's notes, by priority, then newest first. */
export async function getTasks(d1: D1, input: GetTasks): Promise<Page> {
  const [rows] = await d1.read((mine) => [
    mine.select(notebook, columns, {
      where: and(...filters(input)),
      orderBy: [desc(notebook.priority), desc(notebook.id)],
      limit: input.limit + 1,
    }),
  ])
  return pageOf(Object.keys(columns), rows, input.limit, ({ priority, id }) => `${priority}.${id}`)
}

export async function updateTaskStatus(d1: D1, { note_id, status }: UpdateTaskStatus): Promise<Note> {
  const updatedAt = sql`strftime('%Y-%m-%dT%H:%M:%fZ')`
  const [, rows] = await d1.write((mine) => [
    mine.update(notebook, { status, updatedAt }, eq(notebook.id, note_id)),
    mine.select(notebook, columns, { where: eq(notebook.id, note_id) }),
  ])
  return onlyRow(rows)
}

export async function deleteNote(d1: D1, id: string): Promise<{ id: string; deleted: true }> {
  const [removed] = await d1.write((mine) => [mine.remove(notebook, eq(notebook.id, id))])
  if (removed === 0) throw notFound()
  return { id, deleted: true }
}

function filters({ status, priority, text, cursor }: GetTasks): SQL[] {
  const conditions: SQL[] = []
  if (status !== undefined) conditions.push(eq(notebook.status, status))
  if (priority !== undefined) conditions.push(eq(notebook.priority, priority))
  if (cursor !== undefined) conditions.push(after(cursor))
  if (text !== undefined) {
    // Correlated, so it runs for the owner's rows only: other users' notes cost no time and reveal nothing.
    conditions.push(
      sql`exists (select 1 from notebook_search where notebook_search match ${words(text)} and rowid = ${notebook.row})`,
    )
  }
  return conditions
}

/**
 * Rows after the cursor. The cursor is untrusted, but its form is checked and it can only name a position.
 */
function after(cursor: string): SQL {
  const [priority = '', id = ''] = cursor.split('.')
  const level = Number(priority)
  const same = and(eq(notebook.priority, level), lt(notebook.id, id))
  return or(lt(notebook.priority, level), same) ?? sql`false`
}

/** Quotes each word as an FTS5 string with a prefix match, which disables FTS5's query syntax. */
function words(text: string): string {
  return text
    .replaceAll('\0', ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => `"${word.replaceAll('"', '""')}"*`)
    .join(' ')
}

/** The only row. NOT_FOUND does not tell another user's note from one that never existed. */
function onlyRow(rows: readonly Note[]): Note {
  const note = rows[0]
  if (note === undefined) throw notFound()
  return note
}

function notFound(): RowgateError {
  return new RowgateError('NOT_FOUND', 'There is no such note. `get_tasks` shows the ids of yours.')
}
