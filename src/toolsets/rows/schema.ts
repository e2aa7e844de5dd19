/** Input and output schemas of the rows tools. */

import * as z from 'zod'
import { json } from '../../sql-guard/schema.ts'
import { idempotencyKey } from '../../toolkit/idempotency-key.ts'
import { pageOutput } from '../../toolkit/page.ts'

export const PAGE_MAX_ROWS = 100
const PAGE_DEFAULT_ROWS = 20
const MAX_COMPARISONS = 20
/** Columns to order by. */
const MAX_ORDER = 4
/** A table of Postgres has no more columns. */
const MAX_COLUMNS = 1_600
/** Characters of a name: Postgres cuts it at 63 bytes, and a view's may hold two of them. */
const NAME_MAX_CHARACTERS = 127
/** A place holds the values of at most as many columns, and those of an index take at most 2,704 bytes. */
const CURSOR_MAX_CHARACTERS = 20_000

export const OPERATORS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'contains', 'like', 'is_null'] as const

const name = z.string().min(1).max(NAME_MAX_CHARACTERS)
/** Listed to each caller as an enum of the tables that it may name. */
const table = name.describe('From `list_tables`')
/** The schema does not know the columns of the table that is named beside them. */
const columnValues = z.record(name, json)

const key = z
  .union([z.string(), z.number(), columnValues])
  .describe('The key: its value, or {"column": value} for each column of it')

const comparison = z.strictObject({
  column: name.describe('Column'),
  op: z
    .enum(OPERATORS)
    .default('eq')
    .describe('ne also finds null; contains: a text in any case, or items of a list or JSON; like: % and _'),
  value: json.optional().describe('A list for `in`, true or false for `is_null`'),
})

export const findRowsInput = z.strictObject({
  table,
  filter: z.array(comparison).max(MAX_COMPARISONS).default([]).describe('Comparisons that must all hold'),
  any: z.boolean().default(false).describe('One of the comparisons is enough'),
  columns: z.array(name).min(1).max(MAX_COLUMNS).optional().describe('Only these columns'),
  order: z
    .array(name)
    .max(MAX_ORDER)
    .optional()
    .describe('Columns to order by; `-created_at`: highest first'),
  limit: z.int().min(1).max(PAGE_MAX_ROWS).default(PAGE_DEFAULT_ROWS).describe('Rows a page, 1 to 100'),
  cursor: z
    .string()
    .max(CURSOR_MAX_CHARACTERS)
    .optional()
    .describe('`next_cursor` of the page before; keep table, filter and order'),
})

export const getRowInput = z.strictObject({
  table,
  key,
  columns: findRowsInput.shape.columns,
})

export const insertRowInput = z.strictObject({
  table,
  values: columnValues.describe('Values by column'),
  idempotency_key: idempotencyKey,
})

export const updateRowInput = z.strictObject({
  table,
  key,
  values: columnValues.describe('New values by column; null empties'),
  idempotency_key: idempotencyKey,
})

export const deleteRowInput = z.strictObject({ table, key, idempotency_key: idempotencyKey })

export const rowsPageOutput = pageOutput.extend({
  rows: z.array(z.array(json)),
})

export const rowOutput = z.object({
  row: columnValues.describe('Values by column'),
})

export const deletedRowOutput = z.object({ deleted: z.literal(true) })

export type Comparison = z.output<typeof comparison>
export type FindRows = z.output<typeof findRowsInput>
export type GetRow = z.output<typeof getRowInput>
export type InsertRow = z.output<typeof insertRowInput>
export type UpdateRow = z.output<typeof updateRowInput>
export type DeleteRow = z.output<typeof deleteRowInput>
export type RowsPage = z.output<typeof rowsPageOutput>
export type Row = z.output<typeof rowOutput>
