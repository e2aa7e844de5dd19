/** The products table in MySQL. The connector takes a row's tenant from `tenant_id`. */

import { sql } from 'drizzle-orm'
import {
  check,
  customType,
  datetime,
  decimal,
  index,
  int,
  mysqlTable,
  unique,
  varbinary,
} from 'drizzle-orm/mysql-core'

/**
 * Binary, so that no collation treats two tenants as equal (letter case, trailing space). 255 characters of
 * UTF-8.
 */
const IDENTITY_BYTES = 1_020

/**
 * Ignores letter case and accents. Of the collations in both MySQL and MariaDB, the one that distinguishes
 * emoji.
 */
const words = customType<{ data: string; driverData: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) character set utf8mb4 collate utf8mb4_unicode_520_ci`,
})

const exact = customType<{ data: string; driverData: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length}) character set ascii collate ascii_bin`,
})

const identity = customType<{ data: string; driverData: string }>({
  dataType: () => `varbinary(${IDENTITY_BYTES})`,
})

export const products = mysqlTable(
  'products',
  {
    id: exact({ length: 36 }).primaryKey(),
    tenantId: identity('tenant_id').notNull(),
    createdBy: identity('created_by').notNull(),
    name: words({ length: 200 }).notNull(),
    description: words({ length: 1_000 }),
    category: words({ length: 100 }).notNull(),
    price: decimal({ precision: 12, scale: 2 }).notNull(),
    stock: int().notNull(),
    /** Binary as well: keys are compared exactly. 128 characters of UTF-8. */
    idempotencyKey: varbinary('idempotency_key', { length: 512 }),
    createdAt: datetime('created_at', { fsp: 3 }).notNull(),
    updatedAt: datetime('updated_at', { fsp: 3 }).notNull(),
  },
  (table) => [
    unique('products_idempotency').on(table.tenantId, table.createdBy, table.idempotencyKey),
    index('products_newest').on(table.tenantId, table.id),
    index('products_category').on(table.tenantId, table.category, table.id),
    index('products_price').on(table.tenantId, table.price, table.id),
    index('products_name').on(table.tenantId, table.name, table.id),
    check('products_price_range', sql`price >= 0`),
    check('products_stock_range', sql`stock between 0 and 1000000000`),
  ],
)
