/**
 * Tasks in Postgres. Row security limits all statements to the caller's rows; only the insert names an owner.
 */

import { and, desc, eq, ilike, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Postgres } from '../../data/postgres/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import { uuidv7 } from '../../infra/uuid.ts'
import { containing } from '../../toolkit/like.ts'
import { type Page, pageOf } from '../../toolkit/page.ts'
import type { AddTask, ListTasks, Task, UpdateTask } from './schema.ts'
import { tasks } from './tables.ts'

const columns = {
  id: tasks.id,
  title: tasks.title,
  description: tasks.description,
  completed: tasks.completed,
  created_at: tasks.createdAt,
  updated_at: tasks.updatedAt,
}
type Row = Omit<Task, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date }

/** Idempotent with `idempotency_key`: a repeated key returns the first task unchanged. */
export async function addTask(postgres: Postgres, userId: string, input: AddTask): Promise<Task> {
  const values = {
    id: uuidv7(),
    userId,
    title: input.title,
    description: input.description ?? null,
    idempotencyKey: input.idempotency_key ?? null,
  }
  // The id is made here, so that a retried statement finds its own row even without a key.
  const target = input.idempotency_key === undefined ? [tasks.id] : [tasks.userId, tasks.idempotencyKey]
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
  return onlyRow(rows)
}

/** One page of the caller's tasks, newest first. */
export async function listTasks(postgres: Postgres, input: ListTasks): Promise<Page> {
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

export async function getTask(postgres: Postgres, id: string): Promise<Task> {
  const [rows] = await postgres.read((db) => [db.select(columns).from(tasks).where(eq(tasks.id, id))])
  return onlyRow(rows)
}

/** Changes only the given fields. Not repeatable: a retry could undo another call's change in between. */
export async function updateTask(postgres: Postgres, input: UpdateTask): Promise<Task> {
  const { task_id, title, description, completed, clear = [] } = input
  const changes = {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(clear.includes('description') && { description: null }),
    ...(completed !== undefined && { completed }),
    updatedAt: sql`now()`,
  }
  const [rows] = await postgres.write((db) => [
    db.update(tasks).set(changes).where(eq(tasks.id, task_id)).returning(columns),
  ])
  return onlyRow(rows)
}

export async function deleteTask(postgres: Postgres, id: string): Promise<{ id: string; deleted: true }> {
  const [rows] = await postgres.write((db) => [db.delete(tasks).where(eq(tasks.id, id)).returning(columns)])
  return { id: onlyRow(rows).id, deleted: true }
}

/** The only row. NOT_FOUND does not tell another user's task from one that never existed. */
function onlyRow(rows: readonly Row[]): Task {
  const row = rows[0]
  if (row === undefined) {
    throw new RowgateError('NOT_FOUND', 'There is no such task. `list_tasks` shows the ids of yours.')
  }
  return toTask(row)
}

function toTask(row: Row): Task {
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() }
}
