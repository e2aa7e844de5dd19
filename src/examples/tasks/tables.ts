/** The tasks table. Each row has one owner, who alone sees and changes it. */

import { sql } from 'drizzle-orm'
import { boolean, check, index, pgPolicy, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'

const owned = sql`user_id = (select rowgate.user_id())`

export const tasks = pgTable(
  'tasks',
  {
    id: uuid().primaryKey(),
    userId: text('user_id').notNull(),
    title: text().notNull(),
    description: text(),
    completed: boolean().notNull().default(false),
    idempotencyKey: text('idempotency_key'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('tasks_idempotency').on(table.userId, table.idempotencyKey),
    index('tasks_newest').on(table.userId, table.id.desc()),
    check('tasks_title_length', sql`char_length(title) between 1 and 200`),
    check('tasks_description_length', sql`char_length(description) <= 1000`),
    pgPolicy('tasks_owner', { for: 'all', using: owned, withCheck: owned }),
  ],
).enableRLS()
