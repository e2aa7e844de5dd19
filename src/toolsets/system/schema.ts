/** Output schemas of the system tools, which take no input. */

import * as z from 'zod'
import { cell } from '../../toolkit/page.ts'

export const nothing = z.strictObject({})

export const healthOutput = z.object({
  status: z.enum(['ok', 'degraded', 'down']).describe('`degraded`: an optional engine is down'),
  engines: z.record(
    z.string(),
    z.object({
      status: z.enum(['up', 'down']),
      ms: z.number(),
      login: z.enum(['safe', 'unsafe']).optional().describe('Whether row security binds it'),
    }),
  ),
})

const count = z.number()
const counts = z.record(z.string(), count)

/** A row of statistics: its names tell what they count, and a schema of each would be read on every turn. */
const statistics = z.record(z.string(), cell)

export const diagnosticsOutput = z.object({
  version: z.string(),
  database_bytes: count,
  started_at: z.string(),
  connections: counts,
  cache_hit_ratio: z.number().nullable(),
  transactions: counts,
  tables: z.array(statistics),
  indexes: z.array(statistics),
  slow_statements: z.array(statistics).nullable().describe("Rowgate's own; null without pg_stat_statements"),
  settings: z.record(z.string(), z.string().nullable()),
})
export type Diagnostics = z.output<typeof diagnosticsOutput>
