/** The directory's users, in Postgres. Row security limits all statements to the caller's tenant. */

import { and, asc, count, desc, eq, gt, ilike, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { Caller } from '../../infra/caller.ts'
import { RowgateError } from '../../infra/errors.ts'
import { uuidv7 } from '../../infra/uuid.ts'
import { containing } from '../../toolkit/like.ts'
import { type List, listOf, type Page, pageOf } from '../../toolkit/page.ts'
import type {
  BatchInsertUsers,
  CreateUser,
  DeleteUser,
  GetUsers,
  OptimizedSearch,
  SearchUsers,
  UpdateUser,
  User,
  UserSearch,
} from './schema.ts'
import { users } from './tables.ts'

/** Taken e-mails that an error lists: enough to see whether it is a few or all. */
const TAKEN_SHOWN = 50

export const userColumns = {
  id: users.id,
  name: users.name,
  email: users.email,
  age: users.age,
  created_at: users.createdAt,
  updated_at: users.updatedAt,
}
export type UserRow = Omit<User, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date }

/** For every read: excludes soft-deleted users. */
export const notDeleted = isNull(users.deletedAt)

/** Idempotent with `idempotency_key`: a repeated key returns the first user unchanged. */
export async function createUser(postgres: Postgres, caller: Caller, input: CreateUser): Promise<User> {
  const values = { ...newUser(caller, input), idempotencyKey: input.idempotency_key ?? null }
  const [rows] = await emailConflict(
    postgres.write((db) => [
      db
        .insert(users)
        .values(values)
        .onConflictDoUpdate({
          target: [users.tenantId, users.createdBy, users.idempotencyKey],
          set: { name: sql`${users.name}` },
        })
        .returning(userColumns),
    ]),
  )
  return onlyRow(rows)
}

/** One page of the tenant's users, oldest first. */
export async function getUsers(postgres: Postgres, input: GetUsers): Promise<Page> {
  const after = input.cursor === undefined ? undefined : gt(users.id, input.cursor)
  const [rows] = await postgres.read((db) => [
    db
      .select(userColumns)
      .from(users)
      .where(and(notDeleted, after))
      .orderBy(asc(users.id))
      .limit(input.limit + 1),
  ])
  return pageOf(Object.keys(userColumns), rows, input.limit, (last) => last.id)
}

/** Users with the term in name or e-mail, newest first, and the total count. */
export async function searchUsers(postgres: Postgres, input: SearchUsers): Promise<UserSearch> {
  const pattern = containing(input.search_term)
  const like = and(notDeleted, or(ilike(users.name, pattern), ilike(users.email, pattern)))
  const { limit, offset } = input
  const [counted, rows] = await postgres.read((db) => [
    db.select({ total: count() }).from(users).where(like),
    db.select(userColumns).from(users).where(like).orderBy(desc(users.id)).limit(limit).offset(offset),
  ])
  const total = Number(counted[0]?.total ?? 0)
  const list = listOf(Object.keys(userColumns), rows, limit)
  const has_more = offset + list.row_count < total
  return { ...list, truncated: has_more, total, limit, offset, has_more }
}

/** Changes only the given fields. */
export async function updateUser(postgres: Postgres, input: UpdateUser): Promise<User> {
  const { user_id, name, email, age, clear = [] } = input
  const changes = {
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    ...(age !== undefined && { age }),
    ...(clear.includes('age') && { age: null }),
    updatedAt: sql`now()`,
  }
  const [rows] = await emailConflict(
    postgres.write((db) => [
      db
        .update(users)
        .set(changes)
        .where(and(notDeleted, eq(users.id, user_id)))
        .returning(userColumns),
    ]),
  )
  return onlyRow(rows)
}

/** Deletes a user softly, or with `permanent` for good with all posts, even after a soft delete. */
export async function deleteUser(postgres: Postgres, input: DeleteUser) {
  const { user_id, permanent } = input
  const [rows] = await postgres.write((db) => [
    permanent
      ? db.delete(users).where(eq(users.id, user_id)).returning({ id: users.id })
      : db
          .update(users)
          .set({ deletedAt: sql`now()`, updatedAt: sql`now()` })
          .where(and(notDeleted, eq(users.id, user_id)))
          .returning({ id: users.id }),
  ])
  const [row] = rows
  if (row === undefined) throw noSuchUser()
  return { id: row.id, deleted: true as const, permanent }
}

/** Full-text search, best match first. */
export async function optimizedSearch(postgres: Postgres, input: OptimizedSearch): Promise<List> {
  const query = sql`websearch_to_tsquery('simple', ${input.search_term})`
  const rank = sql<number>`round(ts_rank(${users.words}, ${query})::numeric, 4)::float8`
  const columns = { ...userColumns, rank: rank.as('rank') }
  const [rows] = await postgres.read((db) => [
    db
      .select(columns)
      .from(users)
      .where(and(notDeleted, sql`${users.words} @@ ${query}`))
      .orderBy(desc(sql`rank`), asc(users.id))
      .limit(input.limit + 1),
  ])
  return listOf(Object.keys(columns), rows, input.limit)
}

/** All or nothing: the batches are statements of one transaction. */
export async function batchInsertUsers(
  postgres: Postgres,
  caller: Caller,
  input: BatchInsertUsers,
  progress: (done: number, total: number, message: string) => Promise<void>,
) {
  refuseRepeatedEmails(input.users)
  const { users: given, batch_size } = input
  const batches: string[] = []
  for (let start = 0; start < given.length; start += batch_size) {
    const batch = given.slice(start, start + batch_size).map((user) => newUser(caller, user))
    batches.push(JSON.stringify(batch))
  }
  // Only two progress messages: nothing is visible before the one transaction ends.
  await progress(0, given.length, `Inserting ${given.length} users in one transaction`)
  const work = postgres.write((db) => {
    const [first, ...rest] = batches.map((batch) => db.execute(insertBatch(batch)))
    if (first === undefined) throw new Error('The input schema asks for at least one user.')
    return [first, ...rest]
  })
  await emailConflict(work, () => takenAmong(postgres, given))
  await progress(given.length, given.length, `Inserted ${given.length} users`)
  return { total_inserted: given.length, batch_size, batches_processed: batches.length }
}

export function newUser(
  caller: Caller,
  { name, email, age }: { name: string; email: string; age?: number | undefined },
) {
  return { id: uuidv7(), tenantId: caller.tenantId, name, email, age: age ?? null, createdBy: caller.userId }
}

/** The only row. NOT_FOUND does not tell another tenant's user from one that never existed. */
export function onlyRow(rows: readonly UserRow[]): User {
  const [row] = rows
  if (row === undefined) throw noSuchUser()
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() }
}

export function noSuchUser(): RowgateError {
  return new RowgateError(
    'NOT_FOUND',
    'There is no such user. `get_users` and `search_users` show the ids of yours.',
  )
}

/**
 * Reports a duplicate e-mail as CONFLICT. E-mails are unique within a tenant, so this reveals nothing about
 * other tenants. `taken` finds the duplicates of a batch.
 */
export async function emailConflict<T>(work: Promise<T>, taken?: () => Promise<string[]>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (!(cause instanceof RowgateError) || cause.code !== 'CONFLICT' || cause.retryable) throw cause
    const which = taken && { details: { fields: await taken() } }
    throw new RowgateError(
      'CONFLICT',
      `A user of your tenant has this e-mail already; nothing was changed.${which ? ' `details.fields` says which.' : ''}`,
      { cause, ...which },
    )
  }
}

/** Positions of e-mails in the batch that are taken, the first ones. */
async function takenAmong(postgres: Postgres, given: BatchInsertUsers['users']): Promise<string[]> {
  const emails = given.map(({ email }) => email.toLowerCase())
  const [rows] = await postgres.read((db) => [
    db
      .select({ email: sql<string>`lower(${users.email})` })
      .from(users)
      .where(
        and(
          notDeleted,
          sql`lower(${users.email}) in (select jsonb_array_elements_text(${JSON.stringify(emails)}::jsonb))`,
        ),
      ),
  ])
  const held = new Set(rows.map(({ email }) => email))
  const fields = emails.flatMap((email, at) => (held.has(email) ? [`users[${at}].email`] : []))
  return fields.slice(0, TAKEN_SHOWN)
}

function insertBatch(batch: string): SQL {
  return sql`
    insert into ${users} (id, tenant_id, name, email, age, created_by)
    select id, "tenantId", name, email, age, "createdBy"
    from jsonb_to_recordset(${batch}::jsonb)
      as r(id uuid, "tenantId" text, name text, email text, age integer, "createdBy" text)`
}

function refuseRepeatedEmails(given: BatchInsertUsers['users']): void {
  const first = new Map<string, number>()
  for (const [at, { email }] of given.entries()) {
    const earlier = first.get(email.toLowerCase())
    if (earlier !== undefined) {
      throw new RowgateError(
        'VALIDATION_ERROR',
        `users[${at}].email repeats that of users[${earlier}]; every e-mail may be given once.`,
      )
    }
    first.set(email.toLowerCase(), at)
  }
}
