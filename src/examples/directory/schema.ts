/** Input and output schemas of the directory tools. */

import * as z from 'zod'
import { CLEARED_AND_GIVEN, clearOf, isClearedOrGiven } from '../../toolkit/clear.ts'
import { idempotencyKey } from '../../toolkit/idempotency-key.ts'
import { listOutput, pageOutput } from '../../toolkit/page.ts'

const PAGE_MAX_USERS = 100
/** Deep pages cost as much as the rows they skip; a narrower search is cheaper. */
const OFFSET_MAX = 10_000
const POSTS_MAX = 50
const POST_IDS_MAX = 500
const BATCH_MAX_USERS = 10_000
const BATCH_MAX_SIZE = 1_000

const name = z.string().trim().min(1).max(100).describe('1 to 100 characters')
const email = z.email('must be an e-mail address').max(254).describe('Unique in the tenant in any case')
const age = z.int().min(0).max(150)
const userId = z.uuid('must be a user id (a UUID)').describe('Id from `get_users` or `search_users`')
const newUser = { name, email, age: age.optional().describe('In years, 0 to 150') }
const limit = z.int().min(1).max(PAGE_MAX_USERS).default(20).describe('Users at most, 1 to 100')
const cursor = z
  .uuid('must be the `next_cursor` of an earlier page')
  .optional()
  .describe('`next_cursor` of the page before')
const term = z.string().trim().min(1).max(200)
const newPost = z.strictObject({
  title: z.string().trim().min(1).max(200).describe('1 to 200 characters'),
  content: z.string().max(10_000).describe('Up to 10,000 characters'),
})

export const createUserInput = z.strictObject({ ...newUser, idempotency_key: idempotencyKey })

export const getUsersInput = z.strictObject({ limit, cursor })

export const searchUsersInput = z.strictObject({
  search_term: term.describe('Part of a name or an e-mail, in any case'),
  limit,
  offset: z.int().min(0).max(OFFSET_MAX).default(0).describe('How many to skip, 0 to 10,000'),
})

export const updateUserInput = z
  .strictObject({
    user_id: userId,
    name: name.optional(),
    email: email.optional(),
    age: newUser.age,
    clear: clearOf(['age']),
  })
  .refine(
    ({ name, email, age, clear = [] }) =>
      name !== undefined || email !== undefined || age !== undefined || clear.length > 0,
    'must change at least one of name, email, age, or name a field in `clear`',
  )
  .refine(isClearedOrGiven, CLEARED_AND_GIVEN)

export const deleteUserInput = z.strictObject({
  user_id: userId,
  permanent: z.boolean().default(false).describe('true removes user and posts for good; false hides them'),
})

export const createUserWithPostsInput = z.strictObject({
  ...newUser,
  posts: z.array(newPost).min(1).max(POSTS_MAX).describe('1 to 50 posts'),
})

export const userWithPostsInput = z.strictObject({ user_id: userId, cursor })

export const bulkUpdatePostsInput = z.strictObject({
  author_id: userId.describe('Id from `get_users` or `search_users`'),
  post_ids: z
    .array(z.uuid('must be a post id (a UUID)'))
    .min(1)
    .max(POST_IDS_MAX)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a post twice')
    .optional()
    .describe("Only these of the author's posts, up to 500; otherwise all"),
  updates: newPost
    .partial()
    .extend({ published: z.boolean().optional().describe('Whether the posts are published') })
    .refine(
      (updates) => Object.keys(updates).length > 0,
      'must change at least one of title, content, published',
    )
    .describe('What each of the posts gets'),
})

export const optimizedSearchInput = z.strictObject({
  search_term: term.describe('Whole words of name or e-mail; "quoted phrase", or, -not'),
  limit,
})

export const batchInsertUsersInput = z.strictObject({
  users: z
    .array(z.strictObject(newUser))
    .min(1)
    .max(BATCH_MAX_USERS)
    .describe('1 to 10,000 users, 1 MiB in all'),
  batch_size: z.int().min(1).max(BATCH_MAX_SIZE).default(500).describe('Users a statement, 1 to 1,000'),
})

export const userOutput = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  age: z.int().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
})

export const userSearchOutput = listOutput.extend({
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
  has_more: z.boolean(),
})
export const deletedUserOutput = z.object({
  id: z.string(),
  deleted: z.literal(true),
  permanent: z.boolean(),
})
export const createdWithPostsOutput = z.object({
  user: userOutput,
  posts_created: z.int(),
  post_ids: z.array(z.string()),
})
export const userWithPostsOutput = z.object({
  user: userOutput,
  posts: pageOutput.describe('Newest first, at most 100'),
})
export const bulkUpdatedOutput = z.object({ updated_count: z.int(), updated_post_ids: z.array(z.string()) })
export const batchInsertedOutput = z.object({
  total_inserted: z.int(),
  batch_size: z.int(),
  batches_processed: z.int(),
})

export type CreateUser = z.output<typeof createUserInput>
export type GetUsers = z.output<typeof getUsersInput>
export type SearchUsers = z.output<typeof searchUsersInput>
export type UpdateUser = z.output<typeof updateUserInput>
export type DeleteUser = z.output<typeof deleteUserInput>
export type CreateUserWithPosts = z.output<typeof createUserWithPostsInput>
export type GetUserWithPosts = z.output<typeof userWithPostsInput>
export type BulkUpdatePosts = z.output<typeof bulkUpdatePostsInput>
export type OptimizedSearch = z.output<typeof optimizedSearchInput>
export type BatchInsertUsers = z.output<typeof batchInsertUsersInput>
export type User = z.output<typeof userOutput>
export type UserSearch = z.output<typeof userSearchOutput>
export type UserWithPosts = z.output<typeof userWithPostsOutput>
