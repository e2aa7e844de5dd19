/** The notebook's table in D1. The connector takes a row's owner from `tenant_id` and `user_id`. */

import { sql } from 'drizzle-orm'
import { check, index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'

const NOW = sql`(strftime('%Y-%m-%dT%H:%M:%fZ'))`

/** Triggers in `drizzle/examples/notebook` keep its full-text index, `notebook_search`, up to date. */
export const notebook = sqliteTable(
  'notebook',
  {
    /** The row's id in the full-text index. */
    row: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull(),
    tenantId: text('tenant_id').notNull(),
    userId: text('user_id').notNull(),
    title: text().notNull(),
    details: text(),
    status: text().notNull(),
    priority: integer().notNull(),
    idempotencyKey: text('idempotency_key'),
    createdAt: text('created_at').notNull().default(NOW),
    updatedAt: text('updated_at').notNull().default(NOW),
  },
  (table) => [
    unique('notebook_id').on(table.tenantId, table.userId, table.id),
    unique('notebook_idempotency').on(table.tenantId, table.userId, table.idempotencyKey),
    index('notebook_order').on(table.tenantId, table.userId, table.priority, table.id),
    check('notebook_title_length', sql`length(title) between 1 and 200`),
    check('notebook_details_length', sql`length(details) <= 4000`),
    check('notebook_status', sql`status in ('pending', 'in_progress', 'completed')`),
    check('notebook_priority', sql`priority between 1 and 5`),
  ],
)
