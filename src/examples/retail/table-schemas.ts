/** Descriptions of the shop's tables, from their Drizzle definitions, without asking the database. */

import { getTableColumns, getTableName } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { TableSchemas } from './schema.ts'
import {
  categories,
  customers,
  inventory,
  orderItems,
  orders,
  productDescriptionEmbeddings,
  products,
  productTypes,
  storeAssignments,
  stores,
} from './tables.ts'

const YOUR_STORES = 'rows of your stores'
const ALL_ROWS = 'all rows'

/** Each table: what a row is, and which rows a caller sees. */
const TABLES: readonly (readonly [table: PgTable, row: string, visible: string])[] = [
  [stores, "A store; kind is 'shop' or 'online'", YOUR_STORES],
  [customers, 'A customer of one store', YOUR_STORES],
  [
    orders,
    "An order; status is 'pending', 'completed', 'cancelled' or 'returned', and revenue counts the first two",
    YOUR_STORES,
  ],
  [orderItems, 'A line of an order; its revenue is quantity * unit_price', YOUR_STORES],
  [
    inventory,
    'The stock of a product in a store; at or below reorder_level it should be ordered',
    YOUR_STORES,
  ],
  [categories, 'A category of products', ALL_ROWS],
  [productTypes, 'A type of products within a category', ALL_ROWS],
  [products, 'A product; price and cost are in GBP', ALL_ROWS],
  [
    productDescriptionEmbeddings,
    'The vector of a product, per embedding model; to search by meaning use semantic_search_products',
    ALL_ROWS,
  ],
  [storeAssignments, 'Who sees which store', 'your own assignments'],
]

/** The named tables, or all, in a fixed order. */
export function tableSchemas(names: readonly string[] | undefined): TableSchemas {
  const wanted = TABLES.filter(([table]) => names?.includes(getTableName(table)) ?? true)
  return {
    tables: wanted.map(([table, row, visible]) => ({
      name: `retail.${getTableName(table)}`,
      row,
      you_see: visible,
      columns: ['name', 'type', 'nullable'],
      rows: Object.values(getTableColumns(table)).map((column) => [
        column.name,
        column.getSQLType(),
        !column.notNull,
      ]),
      keys: keysOf(table),
    })),
  }
}

/** As SQL constraints. */
function keysOf(table: PgTable): string[] {
  const { columns, primaryKeys, foreignKeys, uniqueConstraints } = getTableConfig(table)
  const single = columns.filter(({ primary }) => primary).map(({ name }) => `primary key (${name})`)
  const composite = primaryKeys.map((key) => `primary key (${namesOf(key.columns)})`)
  const unique = uniqueConstraints.map((key) => `unique (${namesOf(key.columns)})`)
  const foreign = foreignKeys.map((key) => {
    const { columns: from, foreignColumns: to, foreignTable } = key.reference()
    return `foreign key (${namesOf(from)}) references retail.${getTableName(foreignTable)} (${namesOf(to)})`
  })
  return [...single, ...composite, ...unique, ...foreign]
}

function namesOf(columns: readonly { name: string }[]): string {
  return columns.map(({ name }) => name).join(', ')
}
