/** Input and output schemas of the SQL tools, except `query`. */

import * as z from 'zod'
import { json, parameters, statement } from '../../sql-guard/schema.ts'
import { listOutput } from '../../toolkit/page.ts'

/** Tables per call. */
const MAX_DESCRIBED = 20

export const listTablesInput = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Only tables whose `schema.name` contains this; `%` and `_` as in LIKE'),
})

export const describeTablesInput = z.strictObject({
  tables: z
    .array(z.string().min(1).max(127))
    .min(1)
    .max(MAX_DESCRIBED)
    .describe('Names from `list_tables`, such as `public.orders`'),
  first_column: z.int().min(1).default(1).describe('Where to go on in a wide table: its `next_column`'),
})

export const explainInput = z.strictObject({
  sql: statement,
  parameters,
  analyze: z.boolean().default(false).describe('true runs the query too, and gives real times'),
})

export const searchSchemaInput = z.strictObject({
  words: z.string().min(1).max(200).describe('Such as `unpaid invoices per region`'),
})

export const foundSchemaOutput = z.record(z.string(), z.array(z.string()))

export const tableListOutput = listOutput.extend({
  truncated: z.boolean().describe('More with a narrower `pattern`'),
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
      column_count: z.int(),
      next_column: z.int().optional().describe('When columns are left out'),
      keys: z.array(z.string()).describe('Checks too'),
      indexes: z.array(z.string()),
      policies: z.array(z.string()).describe('Which rows you see'),
    }),
  ),
  missing: z.array(z.string()).describe('Not a table that you may read'),
})

export const planOutput = z.object({
  total_cost: z.number().optional().describe('Planner units, the next power of ten'),
  execution_ms: z.number().optional().describe('With `analyze`'),
  plan: json.describe('The steps'),
})

export type ListTables = z.output<typeof listTablesInput>
export type SearchSchema = z.output<typeof searchSchemaInput>
export type DescribeTables = z.output<typeof describeTablesInput>
export type FoundSchema = Record<'tables' | 'columns' | 'values' | 'joins', string[]>
export type Explain = z.output<typeof explainInput>
export type Described = z.output<typeof describedOutput>
export type QueryPlan = z.output<typeof planOutput>
