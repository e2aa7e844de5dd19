/** What a query takes and gives, for every tool that runs one. */

import * as z from 'zod'
import { CURSOR } from './cursor.ts'
import { MAX_PARAMETERS } from './guard.ts'
import { MAX_SQL_LENGTH } from './parser/parse.ts'

/** Rows of one answer. A model reads a hundred; a thousand is for code behind it. */
export const MAX_ROWS = 1_000
const DEFAULT_ROWS = 100
/** Characters of one value. An embedding of 4,096 numbers, in all their digits, has 90,000. */
const MAX_PARAMETER_LENGTH = 100_000
export const statement = z
  .string()
  .min(1)
  .max(MAX_SQL_LENGTH, `may hold up to ${MAX_SQL_LENGTH} characters; pass data as parameters`)
  .describe('One SELECT (WITH, VALUES and set operations too) in PostgreSQL. It only reads')
export const parameters = z
  .array(z.union([z.string().max(MAX_PARAMETER_LENGTH), z.number(), z.boolean(), z.null()]))
  .max(MAX_PARAMETERS)
  .default([])
  .describe("The values of `$1`, `$2`, …; write an array as Postgres does: '{1,2}'")

export const queryInput = z.strictObject({
  sql: statement,
  parameters,
  limit: z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS).describe(`Rows to return, 1 to ${MAX_ROWS}`),
  cursor: z
    .string()
    .regex(CURSOR, 'must be the `next_cursor` of an earlier answer')
    .optional()
    .describe(
      '`next_cursor` of the answer before, with the same SQL and `parameters`; the SQL must have an ORDER BY',
    ),
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

export type Query = z.output<typeof queryInput>
export type Rows = z.output<typeof rowsOutput>
