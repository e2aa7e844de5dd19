/** The directory's posts, with their author. */

import { and, count, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { Caller } from '../../infra/caller.ts'
import { RowgateError } from '../../infra/errors.ts'
import { uuidv7 } from '../../infra/uuid.ts'
import { pageOf } from '../../toolkit/page.ts'
import type { BulkUpdatePosts, CreateUserWithPosts, GetUserWithPosts, UserWithPosts } from './schema.ts'
import { emailConflict, newUser, noSuchUser, notDeleted, onlyRow, userColumns } from './service.ts'
import { posts, users } from './tables.ts'

const POSTS_SHOWN = 100

const postColumns = {
  id: posts.id,
  title: posts.title,
  content: posts.content,
  published: posts.published,
  created_at: posts.createdAt,
  updated_at: posts.updatedAt,
}

/** Creates a user and the first posts in one transaction. */
export async function createUserWithPosts(postgres: Postgres, caller: Caller, input: CreateUserWithPosts) {
  const user = newUser(caller, input)
  const now = Date.now()
  // One millisecond apart: ids of the same millisecond have no order, but the posts do.
  const written = input.posts.map(({ title, content }, at) => ({
    ...{ id: uuidv7(now + at), tenantId: caller.tenantId, userId: user.id, title, content },
  }))
  const [rows, created] = await emailConflict(
    postgres.write((db) => [
      db.insert(users).values(user).returning(userColumns),
      db.insert(posts).values(written).returning({ id: posts.id }),
    ]),
  )
  return { user: onlyRow(rows), posts_created: created.length, post_ids: created.map(({ id }) => id) }
}

/** A user and one page of posts, newest first, in one round trip. */
export async function getUserWithPosts(postgres: Postgres, input: GetUserWithPosts): Promise<UserWithPosts> {
  const { user_id, cursor } = input
  const before = cursor === undefined ? undefined : lt(posts.id, cursor)
  const [rows, newest] = await postgres.read((db) => [
    db
      .select(userColumns)
      .from(users)
      .where(and(notDeleted, eq(users.id, user_id))),
    db
      .select(postColumns)
      .from(posts)
      .where(and(eq(posts.userId, user_id), before))
      .orderBy(desc(posts.id))
      .limit(POSTS_SHOWN + 1),
  ])
  const page = pageOf(Object.keys(postColumns), newest, POSTS_SHOWN, (last) => last.id)
  return { user: onlyRow(rows), posts: page }
}

/**
 * Sets the same values on all of an author's posts, or on those in `post_ids`. If one of these is missing,
 * none is changed.
 */
export async function bulkUpdatePosts(postgres: Postgres, input: BulkUpdatePosts) {
  const { author_id, post_ids, updates } = input
  const theirs = eq(posts.userId, author_id)
  const meant = post_ids === undefined ? theirs : and(theirs, inArray(posts.id, post_ids))
  const [authors, counted, changed] = await postgres.write((db) => {
    const author = db
      .select({ id: users.id })
      .from(users)
      .where(and(notDeleted, eq(users.id, author_id)))
    const found = db.select({ found: count() }).from(posts).where(meant)
    const complete = post_ids === undefined ? undefined : sql`(${found}) = ${post_ids.length}`
    const { title, content, published } = updates
    const values = {
      ...(title !== undefined && { title }),
      ...(content !== undefined && { content }),
      ...(published !== undefined && { published }),
      updatedAt: sql`now()`,
    }
    return [
      author,
      found,
      db
        .update(posts)
        .set(values)
        .where(and(meant, sql`exists (${author})`, complete))
        .returning({ id: posts.id }),
    ]
  })
  if (authors.length === 0) throw noSuchUser()
  if (post_ids !== undefined && Number(counted[0]?.found ?? 0) < post_ids.length) {
    throw new RowgateError(
      'NOT_FOUND',
      'At least one of the posts is not this author’s; nothing was changed.',
    )
  }
  return { updated_count: changed.length, updated_post_ids: changed.map(({ id }) => id) }
}
