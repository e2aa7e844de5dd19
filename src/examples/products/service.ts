/**
 * Products in MySQL. The connector adds the tenant's condition to every statement; nothing here names a
 * tenant.
 */

import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from 'drizzle-orm'
import type { MySql } from '../../data/mysql/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import { uuidv7 } from '../../infra/uuid.ts'
import { type Page, pageOf } from '../../toolkit/page.ts'
import { type CursorPosition, readCursor, writeCursor } from './cursor.ts'
import type { AddProduct, Product, SearchProducts, Sort, UpdateStock } from './schema.ts'
import { STOCK_MAX } from './schema.ts'
import { products } from './tables.ts'

const columns = {
  id: products.id,
  name: products.name,
  description: products.description,
  category: products.category,
  price: products.price,
  stock: products.stock,
  created_at: products.createdAt,
  updated_at: products.updatedAt,
}
type Row = Omit<Product, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date }

const NOW = sql`utc_timestamp(3)`

/** Idempotent with `idempotency_key`: a caller's repeated key returns the first product unchanged. */
export async function addProduct(mysql: MySql, userId: string, input: AddProduct): Promise<Product> {
  const { idempotency_key: key, ...given } = input
  const id = uuidv7()
  const row = { ...given, id, createdBy: userId, idempotencyKey: key ?? null, createdAt: NOW, updatedAt: NOW }
  const mine = and(eq(products.createdBy, userId), eq(products.idempotencyKey, key ?? ''))
  const [, rows] = await mysql.write((tenant) => [
    tenant.insertOnce(products, row),
    tenant.select(products, columns, {
      where: (key === undefined ? undefined : mine) ?? eq(products.id, id),
    }),
  ])
  return onlyRow(rows)
}

export async function getProduct(mysql: MySql, id: string): Promise<Product> {
  const [rows] = await mysql.read((tenant) => [
    tenant.select(products, columns, { where: eq(products.id, id) }),
  ])
  return onlyRow(rows)
}

/** One page of the products that match every filter. */
export async function searchProducts(mysql: MySql, input: SearchProducts): Promise<Page> {
  const { sort, limit, cursor } = input
  const conditions = filters(input)
  if (cursor !== undefined) conditions.push(after(sort, readCursor(cursor, sort)))
  const [rows] = await mysql.read((tenant) => [
    tenant.select(products, columns, { where: and(...conditions), orderBy: ORDERS[sort], limit: limit + 1 }),
  ])
  return pageOf(Object.keys(columns), rows, limit, (last) => writeCursor(sort, last))
}

/**
 * Changes the stock in one statement. The row lock serialises concurrent changes: none is lost, and the stock
 * never goes below zero.
 */
export async function updateStock(mysql: MySql, input: UpdateStock): Promise<Product> {
  const { product_id: id, change, set_to, expected_stock } = input
  const stock = set_to === undefined ? sql`${products.stock} + ${change ?? 0}` : sql`${set_to}`
  const met = [eq(products.id, id), sql`${stock} between 0 and ${STOCK_MAX}`]
  if (expected_stock !== undefined) met.push(eq(products.stock, expected_stock))
  const [changed, rows] = await mysql.write((tenant) => [
    tenant.update(products, { stock, updatedAt: NOW }, and(...met) ?? sql`false`),
    tenant.select(products, columns, { where: eq(products.id, id) }),
  ])
  const product = onlyRow(rows)
  if (changed > 0) return product
  throw new RowgateError('CONFLICT', `Nothing was changed: the stock is ${product.stock}.`, {
    details: { stock: product.stock },
  })
}

const ORDERS: Readonly<Record<Sort, readonly SQL[]>> = {
  newest: [desc(products.id)],
  name: [asc(products.name), asc(products.id)],
  price_asc: [asc(products.price), asc(products.id)],
  price_desc: [desc(products.price), desc(products.id)],
}

/** Rows after the cursor, in the order of `ORDERS`. */
function after(sort: Sort, { value, id }: CursorPosition): SQL {
  const places: Readonly<Record<Sort, SQL | undefined>> = {
    newest: lt(products.id, id),
    name: or(gt(products.name, value), and(eq(products.name, value), gt(products.id, id))),
    price_asc: or(
      gt(products.price, money(value)),
      and(eq(products.price, money(value)), gt(products.id, id)),
    ),
    price_desc: or(
      lt(products.price, money(value)),
      and(eq(products.price, money(value)), lt(products.id, id)),
    ),
  }
  return places[sort] ?? sql`false`
}

function filters({ text, category, min_price, max_price, in_stock }: SearchProducts): SQL[] {
  const conditions: SQL[] = []
  if (category !== undefined) conditions.push(eq(products.category, category))
  if (min_price !== undefined) conditions.push(sql`${products.price} >= ${money(min_price)}`)
  if (max_price !== undefined) conditions.push(sql`${products.price} <= ${money(max_price)}`)
  if (in_stock !== undefined) conditions.push(in_stock ? gt(products.stock, 0) : eq(products.stock, 0))
  if (text !== undefined) {
    const pattern = `%${escapeLike(text)}%`
    conditions.push(
      sql`(${products.name} like ${pattern} escape '!' or ${products.description} like ${pattern} escape '!')`,
    )
  }
  return conditions
}

/** Cast to decimal: MySQL would compare a plain string as a double. */
function money(price: string): SQL {
  return sql`cast(${price} as decimal(12, 2))`
}

/** Escapes LIKE's wildcards. */
function escapeLike(text: string): string {
  return text.replace(/[!%_]/g, '!$&')
}

/** The only row. NOT_FOUND does not tell another tenant's product from one that never existed. */
function onlyRow(rows: readonly Row[]): Product {
  const row = rows[0]
  if (row === undefined) {
    throw new RowgateError('NOT_FOUND', 'There is no such product. `search_products` shows the ids.')
  }
  return toProduct(row)
}

function toProduct(row: Row): Product {
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() }
}
