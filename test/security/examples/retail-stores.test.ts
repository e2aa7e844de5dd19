/** Row security on the retail tables, for managers, regions and strangers. */

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anyDatabase, type TestDatabase } from '../../support/servers/databases.ts'

const NORTH = '00000000-0000-8000-8000-000000000001'
const SOUTH = '00000000-0000-8000-8000-000000000002'
const WEST = '00000000-0000-8000-8000-000000000003'
const ID = '10000000-0000-8000-8000-00000000000'

const SHOP = `
  insert into retail.stores (store_id, name, location, kind)
    values ('${NORTH}', 'North', 'Leeds', 'shop'), ('${SOUTH}', 'South', 'Bath', 'shop'), ('${WEST}', 'West', 'Cork', 'shop');
  insert into retail.store_assignments (user_id, store_id, role) values
    ('alice', '${NORTH}', 'store_manager'),
    ('bob', '${NORTH}', 'regional_manager'), ('bob', '${SOUTH}', 'regional_manager');
  insert into retail.categories (category_id, name) values ('${ID}0', 'Tools');
  insert into retail.product_types (type_id, category_id, name) values ('${ID}0', '${ID}0', 'Hammers');
  insert into retail.products (product_id, sku, name, description, category_id, type_id, price, cost)
    values ('${ID}0', 'S', 'Hammer', 'Hits', '${ID}0', '${ID}0', 10, 5);
  insert into retail.customers (customer_id, store_id, first_name, last_name, email)
    select ('${ID}' || n)::uuid, store_id, 'F', 'L', 'x@example.com'
    from (select row_number() over (order by store_id) as n, store_id from retail.stores) s;
  insert into retail.orders (order_id, store_id, customer_id, order_date, status, total_amount)
    select customer_id, store_id, customer_id, now(), 'completed', 10 from retail.customers;
  insert into retail.order_items (order_item_id, order_id, store_id, product_id, quantity, unit_price)
    select order_id, order_id, store_id, '${ID}0', 1, 10 from retail.orders;
  insert into retail.inventory (store_id, product_id, quantity, reorder_level)
    select store_id, '${ID}0', 3, 1 from retail.stores;`

const TRANSACTIONAL = ['stores', 'customers', 'orders', 'order_items', 'inventory']
const CATALOGUE = ['categories', 'product_types', 'products']

describe.each(anyDatabase)('in the shop, on $engine', ({ start }) => {
  let db: TestDatabase

  beforeAll(async () => {
    db = await start()
    // The owner on PostgreSQL 15 is no superuser: forced row security holds for it too, so it steps aside to
    // fill the tables.
    const tables = [...TRANSACTIONAL, ...CATALOGUE, 'store_assignments']
    const force = (how: string) =>
      tables.map((name) => `alter table retail.${name} ${how} row level security;`)
    await db.endpoint.owner([...force('no force'), SHOP, ...force('force')].join('\n'))
  })
  afterAll(() => db.close())

  const storesIn = async (user: string, table: string) => {
    const [{ rows }] = await db
      .as(user)
      .read((q) => [q.execute(sql.raw(`select store_id from retail.${table} order by store_id`))])
    return rows.map((row) => row.store_id)
  }

  test.each(TRANSACTIONAL)(
    'a store manager sees one store, a regional manager the region: %s',
    async (table) => {
      expect(await storesIn('alice', table)).toEqual([NORTH])
      expect(await storesIn('bob', table)).toEqual([NORTH, SOUTH])
      expect(await storesIn('mallory', table)).toEqual([])
    },
  )

  test('a manager sees no assignment but the own', async () => {
    expect(await storesIn('alice', 'store_assignments')).toEqual([NORTH])
    expect(await storesIn('mallory', 'store_assignments')).toEqual([])
  })

  test.each(CATALOGUE)(
    'every verified caller reads the catalogue, and nobody without a seal: %s',
    async (table) => {
      const [{ rows }] = await db
        .as('mallory')
        .read((q) => [q.execute(sql.raw(`select name from retail.${table}`))])
      expect(rows).toHaveLength(1)
      expect(await db.transaction([[`select * from retail.${table}`]])).toEqual([])
    },
  )

  test('nobody assigns a store to anyone, not even in a transaction that may write', async () => {
    const assign = db
      .as('alice')
      .write((q) => [
        q.execute(
          sql.raw(`insert into retail.store_assignments values ('alice', '${SOUTH}', 'store_manager')`),
        ),
      ])
    await expect(assign).rejects.toMatchObject({ name: 'RowgateError' })
    expect(await storesIn('alice', 'stores')).toEqual([NORTH])
  })

  test.each([...TRANSACTIONAL, ...CATALOGUE])('nobody changes or deletes: %s', async (table) => {
    for (const statement of [
      `delete from retail.${table}`,
      `update retail.${table} set created_at = now()`,
    ]) {
      await expect(db.as('bob').write((q) => [q.execute(sql.raw(statement))])).rejects.toMatchObject({
        name: 'RowgateError',
      })
    }
  })

  test('an item cannot be filed under a store that did not sell it', async () => {
    await expect(
      db.endpoint.owner(`insert into retail.order_items (order_item_id, order_id, store_id, product_id, quantity, unit_price)
        values (gen_random_uuid(), '${ID}1', '${SOUTH}', '${ID}0', 1, 10)`),
    ).rejects.toThrow()
  })
})
