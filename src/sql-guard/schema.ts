/** Input and output schemas of a query, for every tool that runs one. */

import * as z from 'zod'
import { arrayText } from './array-text.ts'
import { CURSOR } from './cursor.ts'
import { MAX_PARAMETER_LENGTH, MAX_PARAMETERS } from './guard.ts'
import { MAX_SQL_LENGTH } from './parser/parse.ts'
import type { Json } from './values.ts'

/** Rows of one result. A model reads a hundred; a thousand is for code. */
export const MAX_ROWS = 1_000
const DEFAULT_ROWS = 100
/**
 * Any JSON value. The cast gives it its type: `z.json()` would list a recursive schema with every tool that
 * has one.
 */
export const json = z.unknown() as z.ZodType<Json>

export const statement = z
  .string()
  .min(1)
  .max(MAX_SQL_LENGTH, `may hold up to ${MAX_SQL_LENGTH} characters; pass data as parameters`)
  .describe('One SELECT, WITH or VALUES in PostgreSQL')
const scalar = z.union([z.string().max(MAX_PARAMETER_LENGTH), z.number(), z.boolean(), z.null()])
/** An array is sent in Postgres' own text format. */
const list = z.array(scalar).transform(arrayText).pipe(z.string().max(MAX_PARAMETER_LENGTH))
export const parameters = z
  .array(z.union([...scalar.options, list]))
  .max(MAX_PARAMETERS)
  .default([])
  .describe("Values of `$1`, `$2`, …; an array as [1, 2] or '{1,2}'")

export const queryInput = z.strictObject({
  sql: statement,
  parameters,
  limit: z.int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS).describe(`Rows a page, 1 to ${MAX_ROWS}`),
  cursor: z
    .string()
    .regex(CURSOR, 'must be the `next_cursor` of an earlier answer')
    .optional()
    .describe('`next_cursor` of the page before; send the same SQL and `parameters`'),
})

export const rowsOutput = z.object({
  columns: z.array(z.string()),
  types: z.array(z.string()),
  rows: z.array(z.array(json)).describe('numeric and large bigint are text'),
  row_count: z.int(),
  truncated: z.boolean(),
  next_cursor: z.string().optional().describe('When truncated and ordered'),
  notice: z.string().optional(),
})

export type Query = z.output<typeof queryInput>
export type QueryRows = z.output<typeof rowsOutput>
