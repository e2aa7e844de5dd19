/**
 * The audit log's columns, for queries. Hand-written SQL in `drizzle/core/` creates the table: only its
 * sealed functions may write it.
 */

import { bigint, customType, integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const bytea = customType<{ data: string }>({ dataType: () => 'bytea' })

export const auditLog = pgSchema('rowgate').table('audit_log', {
  tenantId: text('tenant_id').notNull(),
  seq: bigint({ mode: 'number' }).notNull(),
  id: uuid().notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
  userId: text('user_id').notNull(),
  clientId: text('client_id'),
  tool: text().notNull(),
  outcome: text().notNull(),
  durationMs: integer('duration_ms').notNull(),
  requestId: text('request_id').notNull(),
  argumentsHash: text('arguments_hash').notNull(),
  targets: text().array().notNull(),
  targetCount: integer('target_count').notNull(),
  hash: bytea().notNull(),
})
