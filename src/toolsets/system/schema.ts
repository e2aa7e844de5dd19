/** What the system tools give; they take nothing. */

import * as z from 'zod'

export const nothing = z.strictObject({})

export const healthOutput = z.object({
  status: z
    .enum(['ok', 'degraded', 'down'])
    .describe('`degraded`: only an engine that calls can do without is down; `down`: another is'),
  engines: z.record(
    z.string(),
    z.object({
      status: z.enum(['up', 'down']),
      ms: z.number(),
      login: z.enum(['safe', 'unsafe']).optional().describe('Postgres: whether row security binds the login'),
    }),
  ),
})

const count = z.number()

export const diagnosticsOutput = z.object({
  version: z.string(),
  database_bytes: count,
  started_at: z.string(),
  connections: z.object({ open: count, active: count, max: count }),
  cache_hit_ratio: z.number().nullable(),
  transactions: z.object({ committed: count, rolled_back: count, deadlocks: count, temp_bytes: count }),
  tables: z.array(
    z.object({
      table: z.string(),
      rows_estimated: count,
      bytes: count,
      index_bytes: count,
      sequential_scans: count,
      index_scans: count,
      dead_rows: count,
      last_vacuum: z.string().nullable(),
      last_analyze: z.string().nullable(),
    }),
  ),
  indexes: z.array(
    z.object({ index: z.string(), table: z.string(), scans: count, bytes: count, unique: z.boolean() }),
  ),
  slow_statements: z
    .array(
      z.object({
        id: z.string(),
        calls: count,
        mean_ms: count,
        total_ms: count,
        rows: count,
        text: z.string(),
      }),
    )
    .nullable()
    .describe(
      "Rowgate's own slowest by mean time, without values or callers' SQL; null where pg_stat_statements is not there",
    ),
  settings: z.record(z.string(), z.string().nullable()),
})
export type Diagnostics = z.output<typeof diagnosticsOutput>
