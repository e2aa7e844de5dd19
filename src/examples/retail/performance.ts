/** Store performance: figures of a period and of the one before, in one round trip. */

import { and, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Postgres, Queries } from '../../data/postgres/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import { exactNumber } from '../../infra/exact-number.ts'
import { upTo } from '../../toolkit/page.ts'
import { changePercent, type Figures, insightsOf } from './insights.ts'
import { type Comparison, datesOf, daysBetween, daysOf } from './periods.ts'
import type { Metrics, StorePerformance, StorePerformanceInput } from './schema.ts'
import { categories, inventory, orderItems, orders, products, stores } from './tables.ts'

/** The chain uses one currency. */
const CURRENCY = 'GBP'
/** Stores that an error's details list: as many as a region has. */
const STORES_TOLD = 50
/** Cancelled and returned orders do not count as revenue. */
const SOLD = ['completed', 'pending']

/** Throws the same AUTHORIZATION_ERROR for another's store as for one that does not exist. */
export async function storePerformance(
  postgres: Postgres,
  input: StorePerformanceInput,
  now: Date,
): Promise<StorePerformance> {
  const comparison =
    input.from !== undefined && input.to !== undefined
      ? daysBetween(input.from, input.to)
      : daysOf(input.time_period ?? 'last_30_days', now)
  const [own, totals, top, byCategory, days] = await postgres.read((db) => [
    ownStores(db, input.store_id),
    totalsOf(db, input.store_id, comparison),
    topProducts(db, input.store_id, comparison, input.top_products),
    salesByCategory(db, input.store_id, comparison),
    bestDays(db, input.store_id, comparison),
  ])
  const asked = own.find(({ wanted }) => wanted)
  if (asked === undefined) throw notYours(own)
  if (input.store_id === undefined && own.length > 1) throw severalStores(own)
  const { wanted: _, ...store } = asked
  const [figures] = totals
  const [current, revenue] = metricsOf(figures?.current)
  const [previous, previousRevenue] = metricsOf(figures?.previous)
  const insights = insightsOf({
    currency: CURRENCY,
    current,
    previous,
    topProducts: top.slice(0, input.top_products).map(toCalculateWith),
    categories: byCategory.map(toCalculateWith),
    bestDay: days[0] && toCalculateWith(days[0]),
    lastOrder: figures?.lastOrder ?? undefined,
  })
  return {
    store,
    period: datesOf(comparison.current),
    previous_period: datesOf(comparison.previous),
    currency: CURRENCY,
    metrics: { ...current, revenue },
    previous_metrics: { ...previous, revenue: previousRevenue },
    change_percent: changesOf(current, previous),
    ...tablesOf(top, byCategory, input.top_products),
    insights,
  }
}

function changesOf(current: Figures, previous: Figures): StorePerformance['change_percent'] {
  return {
    revenue: changePercent(current.revenue, previous.revenue),
    orders: changePercent(current.orders, previous.orders),
    average_basket: changePercent(current.average_basket, previous.average_basket),
  }
}

/** Rows of the best products and of all categories. */
function tablesOf(
  top: Awaited<ReturnType<typeof topProducts>>,
  byCategory: Awaited<ReturnType<typeof salesByCategory>>,
  limit: number,
): Pick<StorePerformance, 'top_products' | 'categories'> {
  return {
    top_products: {
      columns: ['product_id', 'name', 'units', 'revenue', 'stock', 'reorder_level'],
      ...upTo(
        top.map((row) => [
          row.productId,
          row.name,
          row.units,
          exactNumber(row.revenue),
          row.stock,
          row.reorderLevel,
        ]),
        limit,
      ),
    },
    categories: {
      columns: ['name', 'revenue', 'previous_revenue'],
      ...upTo(
        byCategory.map((row) => [row.name, exactNumber(row.revenue), exactNumber(row.previousRevenue)]),
        byCategory.length,
      ),
    },
  }
}

interface OwnStore {
  readonly store_id: string
  readonly name: string
}

function notYours(own: readonly OwnStore[]): RowgateError {
  return new RowgateError(
    'AUTHORIZATION_ERROR',
    own.length === 0
      ? 'You are assigned to no store.'
      : 'This is not one of your stores. `details.stores` lists them.',
    { details: detailsOf(own) },
  )
}

function severalStores(own: readonly OwnStore[]): RowgateError {
  return new RowgateError(
    'VALIDATION_ERROR',
    'You have several stores: give one of `details.stores` as `store_id`.',
    { details: detailsOf(own) },
  )
}

function detailsOf(own: readonly OwnStore[]) {
  return { stores: own.map(({ store_id, name }) => ({ store_id, name })) }
}

/** The caller's stores, by row security. `wanted` marks the requested one. */
function ownStores(db: Queries, store: string | undefined) {
  return db
    .select({
      store_id: stores.storeId,
      name: stores.name,
      location: stores.location,
      kind: stores.kind,
      wanted: sql<boolean>`${isStore(store)}`,
    })
    .from(stores)
    .orderBy(sql`5 desc`, stores.name, stores.storeId)
    .limit(STORES_TOLD)
}

/**
 * Without `store` matches every store of the caller; `storePerformance` refuses that if there are several.
 */
function isStore(store: string | undefined): SQL {
  if (store === undefined) return sql`true`
  return sql`(${stores.storeId}::text = lower(${store}) or lower(${stores.name}) = lower(${store}))`
}

/** A scalar subquery: Postgres finds the store once, and can then use the index on store and date. */
function idOf(store: string | undefined): SQL {
  return sql`(select ${stores.storeId} from ${stores} where ${isStore(store)} order by ${stores.name}, ${stores.storeId} limit 1)`
}

function between({ from, to }: { from: Date; to: Date }): SQL {
  return sql`(${orders.orderDate} >= ${from.toISOString()}::timestamptz and ${orders.orderDate} < ${to.toISOString()}::timestamptz)`
}

/** Orders of both periods. The figures' own filters exclude what lies between. */
function ofStore(store: string | undefined, { current, previous }: Comparison): SQL | undefined {
  return and(
    eq(orders.storeId, idOf(store)),
    gte(orders.orderDate, previous.from),
    lt(orders.orderDate, current.to),
  )
}

function totalsOf(db: Queries, store: string | undefined, { current, previous }: Comparison) {
  const sold = inArray(orders.status, SOLD)
  const figures = (days: SQL) => ({
    revenue: sql<string>`coalesce(sum(${orders.totalAmount}) filter (where ${days} and ${sold}), 0)`,
    orders: sql<number>`(count(*) filter (where ${days} and ${sold}))::int`,
    customers: sql<number>`(count(distinct ${orders.customerId}) filter (where ${days} and ${sold}))::int`,
    cancelled: sql<number>`(count(*) filter (where ${days} and ${orders.status} = 'cancelled'))::int`,
    returned: sql<number>`(count(*) filter (where ${days} and ${orders.status} = 'returned'))::int`,
  })
  const last = db
    .select({ date: sql`to_char(max(${orders.orderDate}) at time zone 'UTC', 'YYYY-MM-DD')` })
    .from(orders)
    .where(eq(orders.storeId, idOf(store)))
  return db
    .select({
      current: figures(between(current)),
      previous: figures(between(previous)),
      lastOrder: sql<string | null>`(${last})`,
    })
    .from(orders)
    .where(ofStore(store, { current, previous }))
}

type Totals = Awaited<ReturnType<typeof totalsOf>>[number]['current']

/** To calculate with, and the revenue to the digit. */
function metricsOf(totals: Totals | undefined): [Figures, Metrics['revenue']] {
  const { revenue: text = '0', orders = 0, customers = 0, cancelled = 0, returned = 0 } = totals ?? {}
  const revenue = Number(text)
  const figures = {
    revenue,
    orders,
    average_basket: orders === 0 ? null : Math.round((revenue / orders) * 100) / 100,
    customers,
    cancelled_orders: cancelled,
    returned_orders: returned,
  }
  return [figures, exactNumber(text)]
}

type Sales = { readonly revenue: string; readonly previousRevenue?: string }
type Calculable<S> = Omit<S, 'revenue' | 'previousRevenue'> & Record<'revenue' | 'previousRevenue', number>

function toCalculateWith<S extends Sales>({ revenue, previousRevenue = '0', ...rest }: S): Calculable<S> {
  return { ...rest, revenue: Number(revenue), previousRevenue: Number(previousRevenue) }
}

const itemRevenue = sql`${orderItems.quantity} * ${orderItems.unitPrice}`

/** Reads one row more than the limit, to tell whether there are more. */
function topProducts(db: Queries, store: string | undefined, { current }: Comparison, limit: number) {
  const revenue = sql<string>`sum(${itemRevenue})`
  return db
    .select({
      productId: products.productId,
      name: products.name,
      units: sql<number>`sum(${orderItems.quantity})`.mapWith(Number),
      revenue,
      stock: inventory.quantity,
      reorderLevel: inventory.reorderLevel,
    })
    .from(orders)
    .innerJoin(
      orderItems,
      and(eq(orderItems.orderId, orders.orderId), eq(orderItems.storeId, orders.storeId)),
    )
    .innerJoin(products, eq(products.productId, orderItems.productId))
    .leftJoin(
      inventory,
      and(eq(inventory.productId, products.productId), eq(inventory.storeId, orders.storeId)),
    )
    .where(and(eq(orders.storeId, idOf(store)), between(current), inArray(orders.status, SOLD)))
    .groupBy(products.productId, products.name, inventory.quantity, inventory.reorderLevel)
    .orderBy(sql`4 desc`, products.name, products.productId)
    .limit(limit + 1)
}

function salesByCategory(db: Queries, store: string | undefined, comparison: Comparison) {
  const revenueIn = (days: SQL) => sql<string>`coalesce(sum(${itemRevenue}) filter (where ${days}), 0)`
  return db
    .select({
      name: categories.name,
      revenue: revenueIn(between(comparison.current)),
      previousRevenue: revenueIn(between(comparison.previous)),
    })
    .from(orders)
    .innerJoin(
      orderItems,
      and(eq(orderItems.orderId, orders.orderId), eq(orderItems.storeId, orders.storeId)),
    )
    .innerJoin(products, eq(products.productId, orderItems.productId))
    .innerJoin(categories, eq(categories.categoryId, products.categoryId))
    .where(and(ofStore(store, comparison), inArray(orders.status, SOLD)))
    .groupBy(categories.name)
    .orderBy(sql`2 desc`, categories.name)
}

function bestDays(db: Queries, store: string | undefined, { current }: Comparison) {
  const date = sql<string>`to_char(${orders.orderDate} at time zone 'UTC', 'YYYY-MM-DD')`
  return db
    .select({ date, revenue: sql<string>`sum(${orders.totalAmount})` })
    .from(orders)
    .where(and(eq(orders.storeId, idOf(store)), between(current), inArray(orders.status, SOLD)))
    .groupBy(sql`1`)
    .orderBy(sql`2 desc`, sql`1`)
    .limit(1)
}
