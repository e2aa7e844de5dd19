/** What the SQL tools take and give. */

import * as z from 'zod'
import { MAX_PARAMETERS } from './guard.ts'
import { MAX_SQL_LENGTH } from './parse.ts'

/** Rows of one answer. A model reads a hundred; a thousand is for code behind it. */
export const MAX_ROWS = 1_000
const DEFAULT_ROWS = 100
/** Tables that are described at once. */
const MAX_DESCRIBED = 20

const statement = z
  .string()
  .min(1)
  .max(MAX_SQL_LENGTH, `may hold up to ${MAX_SQL_LENGTH} characters; pass data as parameters`)
  .describe('One SELECT (WITH, VALUES and set operations too) in PostgreSQL. It only reads')
const parameters = z
  .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .max(MAX_PARAMETERS)
  .default([])
  .describe("The values of `$1`, `$2`, …; write an array as Postgres does: '{1,2}'")

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

export const queryInput = z.strictObject({
  sql: statement,
  parameters,
  limit: z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS).describe(`Rows to return, 1 to ${MAX_ROWS}`),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be the `next_cursor` of an earlier answer')
    .optional()
    .describe('`next_cursor` of the answer before, with the same `sql`, which must have an ORDER BY'),
})

export const explainInput = z.strictObject({
  sql: statement,
  parameters,
  analyze: z
    .boolean()
    .default(false)
    .describe('true runs the query, read-only as `query` does, and tells the real times'),
})

export const tableListOutput = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  row_count: z.int(),
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
      indexes: z.array(z.string()),
      policies: z.array(z.string()).describe('Which rows you see'),
    }),
  ),
  missing: z.array(z.string()).describe('Names that are no table you may read'),
})

export const rowsOutput = z.object({
  columns: z.array(z.string()),
  types: z.array(z.string()).describe('One type a column'),
  rows: z
    .array(z.array(z.json()))
    .describe('One array a row. numeric and large bigint are text, to stay exact'),
  row_count: z.int(),
  truncated: z.boolean().describe('true when there are more rows: call again with `next_cursor`'),
  next_cursor: z.string().optional(),
})

export const planOutput = z.object({
  total_cost: z.number().describe("In the planner's units"),
  estimated_rows: z.number(),
  execution_ms: z.number().optional().describe('With `analyze`'),
  plan: z.json().describe('The steps, each with those that feed it'),
})

export type Query = z.output<typeof queryInput>
export type Explain = z.output<typeof explainInput>
export type TableList = z.output<typeof tableListOutput>
export type Described = z.output<typeof describedOutput>
export type Rows = z.output<typeof rowsOutput>
export type Plan = z.output<typeof planOutput>
