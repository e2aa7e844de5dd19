/** Input and output schemas of the retail tools. */

import * as z from 'zod'
import { queryInput, statement } from '../../sql-guard/schema.ts'
import { figure, listOutput } from '../../toolkit/page.ts'
import { TIME_PERIODS } from './periods.ts'
import { TABLE_NAMES } from './table-names.ts'

const TOP_PRODUCTS_MAX = 20
const TOP_PRODUCTS_DEFAULT = 5
const SEARCH_TEXT_MAX_CHARACTERS = 500
const SEARCH_MAX_ROWS = 50
const SEARCH_DEFAULT_ROWS = 20
/** Below it the built-in model's hits are chance. Other models have other scales, so callers can set it. */
const SIMILARITY_DEFAULT = 0.3
/** Two years and a leap day. Longer periods need SQL. */
const PERIOD_MAX_DAYS = 731

const date = z.iso.date('must be a date, YYYY-MM-DD')

export const storePerformanceInput = z
  .strictObject({
    store_id: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe('One of your stores, by id or name; needed if you have several'),
    time_period: z
      .enum(TIME_PERIODS)
      .optional()
      .describe('Rolling ones end yesterday. Default last_30_days; leave it out with `from` and `to`'),
    from: date.optional().describe('First day, YYYY-MM-DD (UTC), instead of `time_period`'),
    to: date.optional().describe('Last day, included, YYYY-MM-DD'),
    top_products: z
      .int()
      .min(1)
      .max(TOP_PRODUCTS_MAX)
      .default(TOP_PRODUCTS_DEFAULT)
      .describe('Best-selling products to show, 1 to 20'),
  })
  .refine(
    ({ from, to }) => (from === undefined) === (to === undefined),
    'must have both `from` and `to`, or neither',
  )
  .refine(
    ({ from, time_period }) => from === undefined || time_period === undefined,
    'must have `time_period`, or `from` and `to`, not both',
  )
  .refine(
    ({ from, to }) => from === undefined || to === undefined || from <= to,
    '`from` must not be after `to`',
  )
  .refine(
    ({ from, to }) =>
      from === undefined ||
      to === undefined ||
      (Date.parse(to) - Date.parse(from)) / 86_400_000 < PERIOD_MAX_DAYS,
    `may span at most ${PERIOD_MAX_DAYS} days`,
  )

// An id puts a schema that occurs twice into `$defs` once.
const period = z
  .object({ from: z.string(), to: z.string().describe('Included'), days: z.int() })
  .meta({ id: 'period' })

const metrics = z
  .object({
    revenue: figure,
    orders: z.int().describe('Like revenue without cancelled and returned'),
    average_basket: z.number().nullable().describe('Null without orders'),
    customers: z.int(),
    cancelled_orders: z.int(),
    returned_orders: z.int(),
  })
  .meta({ id: 'metrics' })
const ranking = listOutput.extend({}).meta({ id: 'ranking' })

export const storePerformanceOutput = z.object({
  store: z.object({ store_id: z.string(), name: z.string(), location: z.string(), kind: z.string() }),
  period,
  previous_period: period,
  currency: z.string(),
  metrics,
  previous_metrics: metrics,
  change_percent: z
    .object({
      revenue: z.number().nullable(),
      orders: z.number().nullable(),
      average_basket: z.number().nullable(),
    })
    .describe('Null where the period before had nothing'),
  top_products: ranking,
  categories: ranking,
  insights: z.array(z.string()),
})

export const searchProductsInput = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(SEARCH_TEXT_MAX_CHARACTERS)
    .describe('What is wanted: "something to keep snails off my lettuce"'),
  similarity_threshold: z
    .number()
    .min(0)
    .max(1)
    .default(SIMILARITY_DEFAULT)
    .describe('Least similarity (cosine), 0 to 1'),
  max_rows: z
    .int()
    .min(1)
    .max(SEARCH_MAX_ROWS)
    .default(SEARCH_DEFAULT_ROWS)
    .describe('Products at most, 1 to 50'),
})

export const searchProductsOutput = listOutput.extend({
  model: z.string().describe('Embedding model; similarities compare within one model only'),
})

export const salesQueryInput = queryInput.omit({ sql: true }).extend({ postgresql_query: statement })

export const tableSchemasInput = z.strictObject({
  tables: z
    .array(
      z
        .string()
        .transform((name) => name.replace(/^retail\./, ''))
        .pipe(z.enum(TABLE_NAMES)),
    )
    .min(1)
    .max(TABLE_NAMES.length)
    .optional()
    .describe('Names such as `orders`; all tables when left out'),
})

export const tableSchemasOutput = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      row: z.string().describe('What a row is'),
      you_see: z.string(),
      columns: z.array(z.string()),
      rows: z.array(z.array(z.union([z.string(), z.boolean()]))).describe('One a column of the table'),
      keys: z.array(z.string()),
    }),
  ),
})

export const currentDateInput = z.strictObject({})

export const currentDateOutput = z.object({
  date: z.string(),
  time: z.string(),
  weekday: z.string(),
})

export type StorePerformanceInput = z.output<typeof storePerformanceInput>
export type StorePerformance = z.output<typeof storePerformanceOutput>
export type Metrics = z.output<typeof metrics>
export type SearchProducts = z.output<typeof searchProductsInput>
export type FoundProducts = z.output<typeof searchProductsOutput>
export type SalesQuery = z.output<typeof salesQueryInput>
export type TableSchemas = z.output<typeof tableSchemasOutput>
export type CurrentDate = z.output<typeof currentDateOutput>
