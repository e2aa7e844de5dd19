/** The retail tables: a chain's stores and their sales, visible to the users assigned to each store. */

import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  numeric,
  pgPolicy,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  vector,
} from 'drizzle-orm/pg-core'
import { EMBEDDING_DIMENSIONS } from '../../embedding/embedding.ts'

export const retail = pgSchema('retail')

/**
 * Both subqueries run once per statement, before the scan, so that the policy can use an index on store_id.
 */
const assigned = sql`store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id())))`
const ownStores = (name: string) => pgPolicy(name, { for: 'all', using: assigned, withCheck: assigned })

/**
 * The catalogue is shared by the whole chain and holds no customers or sales: verified callers read it,
 * nobody writes it.
 */
const verified = sql`(select rowgate.user_id()) is not null`
const nobody = sql`false`
const catalogue = (name: string) => pgPolicy(name, { for: 'all', using: verified, withCheck: nobody })

const instant = (name: string) => timestamp(name, { withTimezone: true })
const money = (name: string) => numeric(name, { precision: 12, scale: 2 })
const createdAt = () => instant('created_at').notNull().defaultNow()
const updatedAt = () => instant('updated_at').notNull().defaultNow()

export const stores = retail
  .table(
    'stores',
    {
      storeId: uuid('store_id').primaryKey(),
      name: text().notNull(),
      location: text().notNull(),
      kind: text().notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    () => [
      // On an expression: Postgres checks a plain indexed column before row security, and the time taken
      // would reveal whether the name exists.
      uniqueIndex('stores_name').on(sql`(name || '')`),
      check('stores_kind', sql`kind in ('shop', 'online')`),
      ownStores('stores_assigned'),
    ],
  )
  .enableRLS()

/**
 * Stores that a user sees: one row for a store manager, one per store of the region for a regional manager.
 */
export const storeAssignments = retail
  .table(
    'store_assignments',
    {
      userId: text('user_id').notNull(),
      storeId: uuid('store_id')
        .notNull()
        .references(() => stores.storeId),
      role: text().notNull(),
      createdAt: createdAt(),
    },
    (table) => [
      primaryKey({ name: 'store_assignments_pkey', columns: [table.userId, table.storeId] }),
      check('store_assignments_role', sql`role in ('store_manager', 'regional_manager')`),
      // Nobody writes: with a check on user_id alone, callers could assign themselves any store.
      pgPolicy('store_assignments_own', {
        for: 'all',
        using: sql`user_id = (select rowgate.user_id())`,
        withCheck: nobody,
      }),
    ],
  )
  .enableRLS()

export const categories = retail
  .table(
    'categories',
    {
      categoryId: uuid('category_id').primaryKey(),
      name: text().notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (table) => [unique('categories_name').on(table.name), catalogue('categories_verified')],
  )
  .enableRLS()

export const productTypes = retail
  .table(
    'product_types',
    {
      typeId: uuid('type_id').primaryKey(),
      categoryId: uuid('category_id')
        .notNull()
        .references(() => categories.categoryId),
      name: text().notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (table) => [
      unique('product_types_name').on(table.categoryId, table.name),
      catalogue('product_types_verified'),
    ],
  )
  .enableRLS()

export const products = retail
  .table(
    'products',
    {
      productId: uuid('product_id').primaryKey(),
      sku: text().notNull(),
      name: text().notNull(),
      description: text().notNull(),
      categoryId: uuid('category_id')
        .notNull()
        .references(() => categories.categoryId),
      typeId: uuid('type_id')
        .notNull()
        .references(() => productTypes.typeId),
      price: money('price').notNull(),
      cost: money('cost').notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (table) => [
      unique('products_sku').on(table.sku),
      index('products_type').on(table.typeId),
      index('products_category').on(table.categoryId),
      check('products_price', sql`price >= 0 and cost >= 0`),
      catalogue('products_verified'),
    ],
  )
  .enableRLS()

/** One vector per product and model, so that two models can coexist while the catalogue is embedded again. */
export const productDescriptionEmbeddings = retail
  .table(
    'product_description_embeddings',
    {
      productId: uuid('product_id')
        .notNull()
        .references(() => products.productId, { onDelete: 'cascade' }),
      model: text().notNull(),
      descriptionEmbedding: vector('description_embedding', { dimensions: EMBEDDING_DIMENSIONS }).notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (table) => [
      primaryKey({ name: 'product_description_embeddings_pkey', columns: [table.productId, table.model] }),
      index('product_description_embeddings_cosine').using(
        'hnsw',
        table.descriptionEmbedding.op('vector_cosine_ops'),
      ),
      catalogue('product_description_embeddings_verified'),
    ],
  )
  .enableRLS()

export const customers = retail
  .table(
    'customers',
    {
      customerId: uuid('customer_id').primaryKey(),
      storeId: uuid('store_id')
        .notNull()
        .references(() => stores.storeId),
      firstName: text('first_name').notNull(),
      lastName: text('last_name').notNull(),
      email: text().notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (table) => [unique('customers_email').on(table.storeId, table.email), ownStores('customers_assigned')],
  )
  .enableRLS()

export const orders = retail
  .table(
    'orders',
    {
      orderId: uuid('order_id').primaryKey(),
      storeId: uuid('store_id')
        .notNull()
        .references(() => stores.storeId),
      customerId: uuid('customer_id')
        .notNull()
        .references(() => customers.customerId),
      orderDate: instant('order_date').notNull(),
      status: text().notNull(),
      totalAmount: money('total_amount').notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (table) => [
      unique('orders_of_store').on(table.orderId, table.storeId),
      index('orders_store_date').on(table.storeId, table.orderDate),
      index('orders_customer').on(table.customerId),
      check('orders_status', sql`status in ('pending', 'completed', 'cancelled', 'returned')`),
      check('orders_total', sql`total_amount >= 0`),
      ownStores('orders_assigned'),
    ],
  )
  .enableRLS()

export const orderItems = retail
  .table(
    'order_items',
    {
      orderItemId: uuid('order_item_id').primaryKey(),
      orderId: uuid('order_id').notNull(),
      storeId: uuid('store_id').notNull(),
      productId: uuid('product_id')
        .notNull()
        .references(() => products.productId),
      quantity: integer().notNull(),
      unitPrice: money('unit_price').notNull(),
      createdAt: createdAt(),
    },
    (table) => [
      // Includes the store, so that an item cannot be filed under a store that did not sell it.
      foreignKey({
        name: 'order_items_order',
        columns: [table.orderId, table.storeId],
        foreignColumns: [orders.orderId, orders.storeId],
      }),
      index('order_items_of_order').on(table.orderId, table.storeId),
      // Starts with the store, as the policy's condition does. Products are public; another store's sales of
      // one are not.
      index('order_items_product').on(table.storeId, table.productId),
      check('order_items_quantity', sql`quantity > 0`),
      check('order_items_unit_price', sql`unit_price >= 0`),
      ownStores('order_items_assigned'),
    ],
  )
  .enableRLS()

export const inventory = retail
  .table(
    'inventory',
    {
      storeId: uuid('store_id')
        .notNull()
        .references(() => stores.storeId),
      productId: uuid('product_id')
        .notNull()
        .references(() => products.productId),
      quantity: integer().notNull(),
      reorderLevel: integer('reorder_level').notNull(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (table) => [
      primaryKey({ name: 'inventory_pkey', columns: [table.storeId, table.productId] }),
      check('inventory_quantity', sql`quantity >= 0 and reorder_level >= 0`),
      ownStores('inventory_assigned'),
    ],
  )
  .enableRLS()
