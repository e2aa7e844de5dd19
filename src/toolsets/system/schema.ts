/** Output schemas of the system tools, which take no input. */

import * as z from 'zod'

export const nothing = z.strictObject({})

export const healthOutput = z.object({
  status: z
    .enum(['ok', 'degraded', 'down'])
    .describe('`degraded`: an optional engine is down; `down`: a required one'),
  engines: z.record(
    z.string(),
    z.object({
      status: z.enum(['up', 'down']),
      ms: z.number(),
      login: z
        .enum(['safe', 'unsafe'])
        .optional()
        .describe('Postgres only: whether row security binds the login'),
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
      rows_estimated: count.nullable().describe('Null if unknown'),
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
    .describe("Rowgate's own, by mean time; null without pg_stat_statements"),
  settings: z.record(z.string(), z.string().nullable()),
})
export type Diagnostics = z.output<typeof diagnosticsOutput>
