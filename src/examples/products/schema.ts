/** Input and output schemas of the products tools. */

import * as z from 'zod'
import { idempotencyKey } from '../../toolkit/idempotency-key.ts'

export const STOCK_MAX = 1_000_000_000
const PAGE_MAX_PRODUCTS = 100
const PAGE_DEFAULT_PRODUCTS = 25
const CURSOR_MAX_CHARACTERS = 2_000

const SORTS = ['newest', 'name', 'price_asc', 'price_desc'] as const

/** A string, never a number: doubles are inexact. The column holds ten digits before the point. */
export const PRICE = /^\d{1,10}(\.\d{1,2})?$/

const price = z
  .string()
  .regex(PRICE, 'must be a decimal string such as "19.99": up to 10 digits, then up to 2 after a point')
  .describe('A decimal string such as "19.99"')
const stock = z.int().min(0).max(STOCK_MAX)
const category = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .describe('1 to 100 characters; letter case and accents are ignored')
const productId = z
  .uuid('must be a product id (a UUID)')
  .toLowerCase()
  .describe('The product, by the id from `search_products`')

export const addProductInput = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('1 to 200 characters'),
  price,
  category,
  description: z.string().max(1_000).optional().describe('Up to 1,000 characters'),
  stock: stock.default(0).describe('How many there are'),
  idempotency_key: idempotencyKey,
})

export const productIdInput = z.strictObject({ product_id: productId })

export const searchProductsInput = z
  .strictObject({
    text: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe('Only those with this text in name or description, letter case and accents ignored'),
    category: category.optional().describe('Only this category, letter case and accents ignored'),
    min_price: price.optional().describe('Only from this price on, such as "5"'),
    max_price: price.optional().describe('Only up to this price, such as "19.99"'),
    in_stock: z.boolean().optional().describe('true: only those in stock; false: only those sold out'),
    sort: z.enum(SORTS).default('newest').describe('The order; keep it while you follow a cursor'),
    limit: z
      .int()
      .min(1)
      .max(PAGE_MAX_PRODUCTS)
      .default(PAGE_DEFAULT_PRODUCTS)
      .describe('Products a page, 1 to 100'),
    cursor: z
      .string()
      .min(1)
      .max(CURSOR_MAX_CHARACTERS)
      .optional()
      .describe('`next_cursor` of the page before'),
  })
  .refine(
    ({ min_price, max_price }) =>
      min_price === undefined || max_price === undefined || cents(min_price) <= cents(max_price),
    'min_price must not be above max_price',
  )

export const updateStockInput = z
  .strictObject({
    product_id: productId,
    change: z
      .int()
      .min(-STOCK_MAX)
      .max(STOCK_MAX)
      .optional()
      .describe('By how much: -3 for three sold, 10 for ten delivered; safe beside the changes of others'),
    set_to: stock.optional().describe('What was counted, instead of `change`'),
    expected_stock: stock
      .optional()
      .describe('Only if the stock is still this, else CONFLICT; makes a retry of `change` safe'),
  })
  .refine(
    ({ change, set_to }) => (change === undefined) !== (set_to === undefined),
    'must have exactly one of change and set_to',
  )

export const productOutput = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  category: z.string(),
  price: z.string().describe('A decimal string with two digits after the point'),
  stock: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
})

/** The price in its smallest unit. Exact: it has at most twelve digits, a double fifteen. */
function cents(price: string): number {
  const [whole = '', fraction = ''] = price.split('.')
  return Number(whole + fraction.padEnd(2, '0'))
}

export type AddProduct = z.output<typeof addProductInput>
export type SearchProducts = z.output<typeof searchProductsInput>
export type UpdateStock = z.output<typeof updateStockInput>
export type Product = z.output<typeof productOutput>
export type Sort = (typeof SORTS)[number]
