/** Users and posts. Callers see all rows of their tenant, and no others. */

import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer,
  pgPolicy,
  pgSchema,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

export const directory = pgSchema('directory')

const ofTenant = sql`tenant_id = (select rowgate.tenant_id())`
/**
 * Hides soft-deleted users from all reads, caller-written SQL included. Writes see them, because Postgres
 * checks the condition also against the row that a soft delete leaves.
 */
const present = sql`deleted_at is null or (select rowgate.may_write())`
/** Hides the posts of users who are hidden: the subquery reads under row security. */
const ofPresent = sql`(select rowgate.may_write()) or exists (select from directory.users u where u.tenant_id = posts.tenant_id and u.id = posts.user_id)`
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

const timestamps = () => ({
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
})

export const users = directory
  .table(
    'users',
    {
      id: uuid().primaryKey(),
      tenantId: text('tenant_id').notNull(),
      name: text().notNull(),
      email: text().notNull(),
      age: integer(),
      /** Set by a soft delete: the row is kept, and `users_present` hides it. */
      deletedAt: timestamp('deleted_at', { withTimezone: true }),
      createdBy: text('created_by').notNull(),
      idempotencyKey: text('idempotency_key'),
      /**
       * Words of name and e-mail. Not indexed: under row security Postgres uses the tenant's index, never a
       * text index.
       */
      words: tsvector().generatedAlwaysAs(
        sql`to_tsvector('simple', name || ' ' || email || ' ' || translate(email, '@._+-', '     '))`,
      ),
      ...timestamps(),
    },
    (table) => [
      unique('users_of_tenant').on(table.tenantId, table.id),
      unique('users_idempotency').on(table.tenantId, table.createdBy, table.idempotencyKey),
      // Unique per tenant, so that a conflict reveals nothing about other tenants. A deleted user's e-mail is
      // free again.
      uniqueIndex('users_email').on(table.tenantId, sql`lower(email)`).where(sql`deleted_at is null`),
      check('users_name_length', sql`char_length(name) between 1 and 100`),
      check('users_email_length', sql`char_length(email) between 3 and 254`),
      check('users_age', sql`age between 0 and 150`),
      pgPolicy('users_tenant', { for: 'all', using: ofTenant, withCheck: ofTenant }),
      pgPolicy('users_present', { as: 'restrictive', for: 'select', using: present }),
    ],
  )
  .enableRLS()

export const posts = directory
  .table(
    'posts',
    {
      id: uuid().primaryKey(),
      tenantId: text('tenant_id').notNull(),
      userId: uuid('user_id').notNull(),
      title: text().notNull(),
      content: text().notNull(),
      published: boolean().notNull().default(false),
      ...timestamps(),
    },
    (table) => [
      // Includes the tenant: foreign keys are checked without row security.
      foreignKey({
        name: 'posts_author',
        columns: [table.tenantId, table.userId],
        foreignColumns: [users.tenantId, users.id],
      }).onDelete('cascade'),
      index('posts_of_user').on(table.tenantId, table.userId, table.id),
      check('posts_title_length', sql`char_length(title) between 1 and 200`),
      check('posts_content_length', sql`char_length(content) <= 10000`),
      pgPolicy('posts_tenant', { for: 'all', using: ofTenant, withCheck: ofTenant }),
      pgPolicy('posts_present', { as: 'restrictive', for: 'select', using: ofPresent }),
    ],
  )
  .enableRLS()
