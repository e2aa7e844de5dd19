/** Users and their posts, by tenant: whoever belongs to a tenant sees all of its rows and none of another's. */

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
 * A deleted user is kept, and seen by nothing that only reads, a caller's own SQL included. A write sees it: Postgres
 * asks this of the row that the deletion leaves, too.
 */
const present = sql`deleted_at is null or (select rowgate.may_write())`
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
      /** Set when the user was deleted softly: the row is kept, and `users_present` hides it. */
      deletedAt: timestamp('deleted_at', { withTimezone: true }),
      createdBy: text('created_by').notNull(),
      idempotencyKey: text('idempotency_key'),
      /** Words of name and e-mail. Without an index: under row security Postgres uses the tenant's, never a text index. */
      words: tsvector().generatedAlwaysAs(
        sql`to_tsvector('simple', name || ' ' || email || ' ' || translate(email, '@._+-', '     '))`,
      ),
      ...timestamps(),
    },
    (table) => [
      unique('users_of_tenant').on(table.tenantId, table.id),
      unique('users_idempotency').on(table.tenantId, table.createdBy, table.idempotencyKey),
      // Unique within the tenant, so that a conflict tells nothing of another; a deleted user's e-mail is free again.
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
      // With the tenant in it, since a foreign key is checked past row security.
      foreignKey({
        name: 'posts_author',
        columns: [table.tenantId, table.userId],
        foreignColumns: [users.tenantId, users.id],
      }).onDelete('cascade'),
      index('posts_of_user').on(table.tenantId, table.userId, table.id),
      check('posts_title_length', sql`char_length(title) between 1 and 200`),
      check('posts_content_length', sql`char_length(content) <= 10000`),
      pgPolicy('posts_tenant', { for: 'all', using: ofTenant, withCheck: ofTenant }),
    ],
  )
  .enableRLS()
