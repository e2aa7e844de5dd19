/** The measurements' tools in Postgres. Row security limits every statement to the caller's rows. */

import { and, desc, eq, ilike, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Postgres } from '../../../src/data/postgres/capability.ts'
import { RowgateError } from '../../../src/infra/errors.ts'
import { uuidv7 } from '../../../src/infra/uuid.ts'
import { containing } from '../../../src/toolkit/like.ts'
import { type Page, pageOf } from '../../../src/toolkit/page.ts'
import { tasks } from './table.ts'

const columns = {
  id: tasks.id,
  title: tasks.title,
  description: tasks.description,
  completed: tasks.completed,
  created_at: tasks.createdAt,
  updated_at: tasks.updatedAt,
}

interface Row {
  readonly id: string
  readonly title: string
  readonly description: string | null
  readonly completed: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

interface NewTask {
  readonly title: string
  readonly description?: string | undefined
  readonly idempotency_key?: string | undefined
}

export async function addTask(postgres: Postgres, userId: string, input: NewTask) {
  const { title, description = null, idempotency_key: idempotencyKey = null } = input
  const values = { id: uuidv7(), userId, title, description, idempotencyKey }
  const target = idempotencyKey === null ? [tasks.id] : [tasks.userId, tasks.idempotencyKey]
  const [rows] = await postgres.write(
    (db) => [
      db
        .insert(tasks)
        .values(values)
        // On a conflict the row is updated to itself: nothing changes, but RETURNING returns it.
        .onConflictDoUpdate({ target, set: { title: sql`${tasks.title}` } })
        .returning(columns),
    ],
    'repeatable',
  )
  return onlyTask(rows)
}

interface TaskPage {
  readonly completed?: boolean | undefined
  readonly text?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

export async function listTasks(postgres: Postgres, input: TaskPage): Promise<Page> {
  const conditions: SQL[] = []
  if (input.completed !== undefined) conditions.push(eq(tasks.completed, input.completed))
  if (input.cursor !== undefined) conditions.push(lt(tasks.id, input.cursor))
  if (input.text !== undefined) {
    const pattern = containing(input.text)
    conditions.push(or(ilike(tasks.title, pattern), ilike(tasks.description, pattern)) ?? sql`true`)
  }
  const [rows] = await postgres.read((db) => [
    db
      .select(columns)
      .from(tasks)
      .where(and(...conditions))
      .orderBy(desc(tasks.id))
      .limit(input.limit + 1),
  ])
  return pageOf(Object.keys(columns), rows, input.limit, (last) => last.id)
}

export async function getTask(postgres: Postgres, id: string) {
  const [rows] = await postgres.read((db) => [db.select(columns).from(tasks).where(eq(tasks.id, id))])
  return onlyTask(rows)
}

interface Changes {
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly completed?: boolean | undefined
  readonly clear?: readonly 'description'[] | undefined
}

export async function updateTask(postgres: Postgres, id: string, changes: Changes) {
  const { title, description, completed, clear = [] } = changes
  const values = {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(clear.includes('description') && { description: null }),
    ...(completed !== undefined && { completed }),
    updatedAt: sql`now()`,
  }
  const [rows] = await postgres.write((db) => [
    db.update(tasks).set(values).where(eq(tasks.id, id)).returning(columns),
  ])
  return onlyTask(rows)
}

export async function deleteTask(postgres: Postgres, id: string) {
  const [rows] = await postgres.write((db) => [db.delete(tasks).where(eq(tasks.id, id)).returning(columns)])
  return { id: onlyTask(rows).id, deleted: true as const }
}

/** The only row, or NOT_FOUND. */
function onlyTask([row]: readonly Row[]) {
  if (row === undefined) throw new RowgateError('NOT_FOUND', 'There is no such task.')
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() }
}
