/** Generates the shop's two years of customers and orders. The result depends on the end date alone. */

import { demand, weekday } from './calendar.ts'
import { type CatalogueProduct, readCatalogue } from './catalogue.ts'
import { createPerson, type Person } from './people.ts'
import { between, createRandom, createWeighted, pick, type Random } from './random.ts'
import { CATEGORIES, type Category, STORES, type Store } from './stores.ts'

const SEED = 20_020
const DAY_MS = 86_400_000
const DAYS = 730
const DAYS_A_YEAR = 365.25
const CUSTOMERS = 5_000
/**
 * The chain's orders on an ordinary day at the beginning. With seasons and growth, about 24,000 in two years.
 */
const ORDERS_A_DAY = 26
/** Share of customers from before the first order; the others join over the two years. */
const OLD_CUSTOMERS = 0.55
/** The price before the one increase, a year ago, relative to today's. */
const EARLIER_PRICE = 0.96

interface Customer extends Person {
  readonly store: number
  readonly since: Date
}

interface Order {
  readonly store: number
  readonly customer: number
  readonly date: Date
  readonly status: string
  readonly items: readonly Item[]
}

interface Item {
  readonly product: number
  readonly quantity: number
  readonly unitPrice: number
}

interface Stock {
  readonly store: number
  readonly product: number
  readonly quantity: number
  readonly reorderLevel: number
}

export interface Shop {
  readonly products: readonly CatalogueProduct[]
  readonly customers: readonly Customer[]
  readonly orders: readonly Order[]
  readonly inventory: readonly Stock[]
}

/** `until` is the day after the last orders. */
export function makeShop(until: Date): Shop {
  const random = createRandom(SEED)
  const products = readCatalogue()
  const start = new Date(until.getTime() - DAYS * DAY_MS)
  const customers = makeCustomers(random, start)
  const orders = makeOrders(random, start, products, customers)
  return { products, customers, orders, inventory: makeInventory(random, products) }
}

function makeCustomers(random: Random, start: Date): Customer[] {
  const store = createWeighted(STORES.map(({ size, growth }) => size * growth))
  return Array.from({ length: CUSTOMERS }, (_, n) => {
    const days = n < CUSTOMERS * OLD_CUSTOMERS ? -between(random, 1, 900) : between(random, 0, DAYS - 1)
    return {
      ...createPerson(random, n),
      store: store(random),
      since: new Date(start.getTime() + days * DAY_MS),
    }
  })
}

function makeOrders(
  random: Random,
  start: Date,
  products: readonly CatalogueProduct[],
  customers: readonly Customer[],
): Order[] {
  const drawProduct = createProducts(random, products)
  const buyers = STORES.map((_, store) => buyersOf(store, customers))
  const orders: Order[] = []
  for (let n = 0; n < DAYS; n++) {
    const day = new Date(start.getTime() + n * DAY_MS)
    for (const [index, store] of STORES.entries()) {
      const wanted = CATEGORIES.map((category) => wantedOf(store, category, day, n / DAYS_A_YEAR))
      const expected = ORDERS_A_DAY * weekday(day) * wanted.reduce((sum, value) => sum + value, 0)
      const drawCategory = createWeighted(wanted)
      for (let left = poisson(random, expected); left > 0; left--) {
        orders.push({
          store: index,
          customer: drawBuyer(random, buyers[index] ?? [], customers, day),
          date: new Date(day.getTime() + openingTime(random, store)),
          status: drawStatus(random, DAYS - n),
          items: makeItems(random, n, products, () => drawProduct(drawCategory(random))),
        })
      }
    }
  }
  return orders.sort((a, b) => a.date.getTime() - b.date.getTime())
}

function wantedOf(store: Store, category: Category, day: Date, years: number): number {
  return store.size * store.growth ** years * (store.strengths[category] ?? 1) * demand(category, day, years)
}

/** Popularity differs within a category: some products sell ten times as well as others. */
function createProducts(random: Random, products: readonly CatalogueProduct[]): (category: number) => number {
  const shelves = CATEGORIES.map((category) => {
    const indexes = products.flatMap((product, index) => (product.category === category ? [index] : []))
    return { indexes, draw: createWeighted(indexes.map(() => 0.1 + random() ** 3)) }
  })
  return (category) => {
    const shelf = shelves[category]
    const product = shelf?.indexes[shelf.draw(random)]
    if (product === undefined) throw new Error(`The category ${category} has no product.`)
    return product
  }
}

/** Oldest first. */
function buyersOf(store: number, customers: readonly Customer[]): number[] {
  const indexes = customers.flatMap((customer, index) => (customer.store === store ? [index] : []))
  return indexes.sort((a, b) => (customers[a]?.since.getTime() ?? 0) - (customers[b]?.since.getTime() ?? 0))
}

/** Somebody who was a customer by that day. */
function drawBuyer(
  random: Random,
  buyers: readonly number[],
  customers: readonly Customer[],
  day: Date,
): number {
  let known = buyers.length
  while (known > 1 && (customers[buyers[known - 1] ?? 0]?.since ?? day) > day) known = Math.floor(known * 0.9)
  return pick(random, buyers.slice(0, Math.max(known, 1)))
}

function makeItems(
  random: Random,
  day: number,
  products: readonly CatalogueProduct[],
  draw: () => number,
): Item[] {
  const chosen = new Set(Array.from({ length: pick(random, [1, 1, 1, 2, 2, 2, 3, 3, 4, 5]) }, draw))
  return [...chosen].map((product) => {
    const price = products[product]?.price ?? 0
    return {
      product,
      quantity: price < 20 ? between(random, 1, 4) : price < 60 ? between(random, 1, 2) : 1,
      unitPrice: day < DAYS / 2 ? Math.round(price * EARLIER_PRICE * 100) / 100 : price,
    }
  })
}

/** Shops are open from 8 to 20. The online shop always is, with most orders in the evening. */
function openingTime(random: Random, store: Store): number {
  const hour =
    store.kind === 'online' ? 24 * Math.max(random(), random()) : 8 + 12 * ((random() + random()) / 2)
  return Math.floor(hour * 3600) * 1000
}

function drawStatus(random: Random, daysAgo: number): string {
  const chance = random()
  if (chance < 0.03) return 'cancelled'
  if (daysAgo <= 3 && chance < 0.5) return 'pending'
  return chance < 0.065 ? 'returned' : 'completed'
}

function makeInventory(random: Random, products: readonly CatalogueProduct[]): Stock[] {
  return STORES.flatMap((_, store) =>
    products.map(({ price }, product) => {
      const reorderLevel = price < 20 ? 24 : price < 100 ? 8 : 2
      const low = random() < 0.08
      return {
        store,
        product,
        reorderLevel,
        quantity: low
          ? between(random, 0, reorderLevel)
          : reorderLevel + between(random, 1, reorderLevel * 4),
      }
    }),
  )
}

/** Knuth's method, fast enough for a store's few orders a day. */
function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}
