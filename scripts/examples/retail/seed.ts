/** Seeds the sample shop Larkmoor: eight stores for house and garden, two years of orders until today. */

import { createEmbedder } from '../../../src/embedding/embedder.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { insertRows } from '../../local/postgres/insert.ts'
import { embedCatalogue } from './embed/catalogue.ts'
import { makeShop, type Shop } from './seed/shop.ts'
import { ASSIGNMENTS, CATEGORIES, STORES } from './seed/stores.ts'

/** Cost of a product as a share of its price. */
const COST_SHARE = 0.58

/** Readable ids (UUID version 8, RFC 9562): the first digits are the kind of row, the last its number. */
const id = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-8000-8000-${String(n + 1).padStart(12, '0')}`
const storeId = (n: number) => id(1, n)
const categoryId = (n: number) => id(2, n)
const typeId = (n: number) => id(3, n)
const productId = (n: number) => id(4, n)
const customerId = (n: number) => id(5, n)
const orderId = (n: number) => id(6, n)
const itemId = (n: number) => id(7, n)

/**
 * Does nothing if the shop is there. `until` (`YYYY-MM-DD`) is the day after the last orders. By default it
 * is tomorrow by the database's clock, and orders end now, so that the last month is never in the past.
 */
export async function seed(owner: Owner, until?: string): Promise<string> {
  // Written last, so their presence shows that the rest is complete.
  if (await holds(owner, 'select exists (select from retail.store_assignments)')) return 'the shop is there'
  await owner('truncate retail.stores, retail.categories cascade')
  const end = until ?? (await cell(owner, 'select current_date + 1'))
  const whole = makeShop(new Date(`${end}T00:00:00Z`))
  // Orders of later today would be in the future.
  const shop = until === undefined ? { ...whole, orders: whole.orders.filter(isPast) } : whole
  await insertCatalogue(owner, shop)
  if (await holds(owner, "select to_regclass('retail.product_description_embeddings') is not null")) {
    await embedCatalogue(owner, createEmbedder({ EMBEDDER: 'builtin' }, undefined))
  }
  await insertSales(owner, shop)
  await insertRows(
    owner,
    'retail.store_assignments',
    'user_id, store_id, role',
    ASSIGNMENTS.map(({ userId, store, role }) => [
      userId,
      storeId(STORES.findIndex(({ name }) => name === store)),
      role,
    ]),
  )
  await owner(
    'analyze retail.orders, retail.order_items, retail.customers, retail.inventory, retail.products',
  )
  const count = (n: number) => n.toLocaleString('en')
  return `${STORES.length} stores, ${count(shop.products.length)} products, ${count(shop.customers.length)} customers, ${count(shop.orders.length)} orders`
}

async function insertCatalogue(owner: Owner, { products }: Shop): Promise<void> {
  const types = [...new Set(products.map(({ type }) => type))]
  const names: readonly string[] = CATEGORIES
  const categoryOf = (name: string) => names.indexOf(name)
  await insertRows(
    owner,
    'retail.stores',
    'store_id, name, location, kind',
    STORES.map(({ name, location, kind }, n) => [storeId(n), name, location, kind]),
  )
  await insertRows(
    owner,
    'retail.categories',
    'category_id, name',
    CATEGORIES.map((name, n) => [categoryId(n), name]),
  )
  await insertRows(
    owner,
    'retail.product_types',
    'type_id, category_id, name',
    types.map((name, n) => {
      const category = products.find(({ type }) => type === name)?.category ?? ''
      return [typeId(n), categoryId(categoryOf(category)), name]
    }),
  )
  await insertRows(
    owner,
    'retail.products',
    'product_id, sku, name, description, category_id, type_id, price, cost',
    products.map(({ name, description, category, type, price }, n) => [
      productId(n),
      `LM-${String(n + 1).padStart(4, '0')}`,
      name,
      description,
      categoryId(categoryOf(category)),
      typeId(types.indexOf(type)),
      price,
      Math.round(price * COST_SHARE * 100) / 100,
    ]),
  )
}

async function insertSales(owner: Owner, { customers, orders, inventory }: Shop): Promise<void> {
  await insertRows(
    owner,
    'retail.customers',
    'customer_id, store_id, first_name, last_name, email, created_at, updated_at',
    customers.map(({ store, firstName, lastName, email, since }, n) => [
      customerId(n),
      storeId(store),
      firstName,
      lastName,
      email,
      since,
      since,
    ]),
  )
  await insertRows(
    owner,
    'retail.orders',
    'order_id, store_id, customer_id, order_date, status, total_amount, created_at, updated_at',
    orders.map(({ store, customer, date, status, items }, n) => {
      const pence = items.reduce((sum, item) => sum + item.quantity * Math.round(item.unitPrice * 100), 0)
      return [orderId(n), storeId(store), customerId(customer), date, status, pence / 100, date, date]
    }),
  )
  const items = orders.flatMap((order, n) => order.items.map((item) => ({ ...item, order, n })))
  await insertRows(
    owner,
    'retail.order_items',
    'order_item_id, order_id, store_id, product_id, quantity, unit_price, created_at',
    items.map(({ order, n, product, quantity, unitPrice }, i) => [
      itemId(i),
      orderId(n),
      storeId(order.store),
      productId(product),
      quantity,
      unitPrice,
      order.date,
    ]),
  )
  await insertRows(
    owner,
    'retail.inventory',
    'store_id, product_id, quantity, reorder_level',
    inventory.map(({ store, product, quantity, reorderLevel }) => [
      storeId(store),
      productId(product),
      quantity,
      reorderLevel,
    ]),
  )
}

function isPast({ date }: { date: Date }): boolean {
  return date.getTime() <= Date.now()
}

async function cell(owner: Owner, query: string): Promise<string | null> {
  const { rows } = await owner(query)
  return rows[0]?.[0] ?? null
}

async function holds(owner: Owner, query: string): Promise<boolean> {
  return (await cell(owner, query)) === 't'
}
