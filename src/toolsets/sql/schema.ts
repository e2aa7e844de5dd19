/** What the SQL tools take and give. */

import * as z from 'zod'
import { parameters, statement } from '../../sql-guard/schema.ts'
import { listOutput } from '../../toolkit/page.ts'

/** Tables that are described at once. */
const MAX_DESCRIBED = 20

export const listTablesInput = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Only tables whose `schema.name` contains this; `%` and `_` are wildcards as in LIKE'),
})

export const describeTablesInput = z.strictObject({
  tables: z
    .array(z.string().min(1).max(127))
    .min(1)
    .max(MAX_DESCRIBED)
    .describe('Names from `list_tables`, such as `retail.orders`'),
})

export const explainInput = z.strictObject({
  sql: statement,
  parameters,
  analyze: z
    .boolean()
    .default(false)
    .describe('true runs the query, read-only as `query` does, and tells the real times'),
})

export const tableListOutput = listOutput.extend({
  truncated: z.boolean().describe('true when there are more tables: use `pattern`'),
})

const column = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean(),
  default: z.string().nullable(),
  comment: z.string().nullable(),
})

export const describedOutput = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      comment: z.string().nullable(),
      columns: z.array(column),
      keys: z
        .array(z.string())
        .describe('Primary, unique and foreign keys, and checks, as Postgres writes them'),
      indexes: z.array(z.string()).describe('As Postgres writes them'),
      policies: z.array(z.string()).describe('Which rows you see'),
    }),
  ),
  missing: z.array(z.string()).describe('Names that are no table you may read'),
})

export const planOutput = z.object({
  total_cost: z.number().describe("In the planner's units"),
  estimated_rows: z.number(),
  execution_ms: z.number().optional().describe('With `analyze`'),
  plan: z.json().describe('The steps, each with those that feed it'),
})

export type Explain = z.output<typeof explainInput>
export type Described = z.output<typeof describedOutput>
export type Plan = z.output<typeof planOutput>
