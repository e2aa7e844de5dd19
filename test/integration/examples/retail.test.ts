/** The retail tools through a real client, over the whole sample shop. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seed } from '../../../scripts/examples/retail/seed.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { startEmbedded } from '../../support/servers/databases.ts'

const LEEDS = '00000001-0000-8000-8000-000000000001'
const MANCHESTER = '00000001-0000-8000-8000-000000000002'
const BRISTOL = '00000001-0000-8000-8000-000000000003'
const NOWHERE = '00000001-0000-8000-8000-000000000099'
/** The day after the shop's last order. */
const UNTIL = '2026-11-21'
const OCTOBER = { from: '2026-10-01', to: '2026-10-31' }

let rowgate: Rowgate

beforeAll(async () => {
  rowgate = await startRowgate({ database: startEmbedded })
  await seed(rowgate.database.endpoint.owner, UNTIL)
})
afterAll(() => rowgate.close())

const performance = (user: string, args: object) => rowgate.call(user, 'get_store_performance', { ...args })

/** Straight from the tables, as their owner. */
async function owned(sql: string): Promise<(string | null)[]> {
  const { rows } = await rowgate.database.endpoint.owner(sql)
  return [...(rows[0] ?? [])]
}

describe('the sample shop', () => {
  test('has its stores, products, customers and orders, and nothing twice when it is seeded again', async () => {
    const counts = `select (select count(*) from retail.stores), (select count(*) from retail.stores where kind = 'online'),
      (select count(*) from retail.products), (select count(distinct description) from retail.products),
      (select count(*) from retail.customers), (select count(*) from retail.orders)`
    const before = await owned(counts)
    expect(before.slice(0, 5)).toEqual(['8', '1', '400', '400', '5000'])
    expect(Number(before[5])).toBeGreaterThanOrEqual(20_000)
    expect(await seed(rowgate.database.endpoint.owner, UNTIL)).toBe('the shop is there')
    expect(await owned(counts)).toEqual(before)
  })

  test('adds up: totals are those of the items, customers came before they ordered, months fill two years', async () => {
    expect(
      await owned(`select count(*) from retail.orders o where total_amount <>
        (select sum(quantity * unit_price) from retail.order_items i where i.order_id = o.order_id)`),
    ).toEqual(['0'])
    expect(
      await owned(`select count(*) from retail.orders o join retail.customers c using (customer_id)
        where c.created_at > o.order_date or c.store_id <> o.store_id`),
    ).toEqual(['0'])
    expect(
      await owned(`select count(distinct date_trunc('day', order_date)), max(order_date) < '${UNTIL}'
        from retail.orders`),
    ).toEqual(['730', 't'])
  })

  test('has seasons: spring is for plants, winter is not', async () => {
    const [ratio] =
      await owned(`select round(sum(quantity) filter (where extract(month from order_date) = 4)::numeric
        / sum(quantity) filter (where extract(month from order_date) = 12))
      from retail.orders join retail.order_items using (order_id) join retail.products using (product_id)
      join retail.categories c using (category_id) where c.name = 'Plants and growing'`)
    expect(Number(ratio)).toBeGreaterThanOrEqual(4)
  })
})

describe('get_store_performance', () => {
  test('gives the figures that the tables hold, and those of as many days before', async () => {
    const { status, data } = await performance('alice', { store_id: LEEDS, ...OCTOBER })
    expect(status).toBe('success')
    expect(data.store).toMatchObject({ store_id: LEEDS, name: 'Larkmoor Leeds', kind: 'shop' })
    expect(data.period).toEqual({ from: '2026-10-01', to: '2026-10-31', days: 31 })
    expect(data.previous_period).toEqual({ from: '2026-08-31', to: '2026-09-30', days: 31 })
    const figures = (from: string, to: string) =>
      owned(`select sum(total_amount), count(*), count(distinct customer_id) from retail.orders
        where store_id = '${LEEDS}' and order_date >= '${from}' and order_date < '${to}' and status in ('completed', 'pending')`)
    const [revenue, orders, customers] = (await figures('2026-10-01', '2026-11-01')).map(Number)
    expect(data.metrics).toMatchObject({ revenue, orders, customers })
    expect(data.metrics.average_basket).toBeCloseTo((revenue ?? 0) / (orders ?? 1), 2)
    const [before] = (await figures('2026-08-31', '2026-10-01')).map(Number)
    expect(data.previous_metrics.revenue).toBe(before)
    expect(data.change_percent.revenue).toBeCloseTo(100 * ((revenue ?? 0) / (before ?? 1) - 1), 1)
  })

  test('ranks products with their stock, says that there are more, and splits the revenue by category', async () => {
    const { data } = await performance('alice', { store_id: LEEDS, ...OCTOBER, top_products: 3 })
    expect(data.top_products).toMatchObject({
      columns: ['product_id', 'name', 'units', 'revenue', 'stock', 'reorder_level'],
      row_count: 3,
      truncated: true,
    })
    const revenues = data.top_products.rows.map((row: unknown[]) => row[3])
    expect(revenues).toEqual(revenues.toSorted((a: number, b: number) => b - a))
    const byCategory = data.categories.rows.reduce((sum: number, row: number[]) => sum + (row[1] ?? 0), 0)
    expect(byCategory).toBeCloseTo(data.metrics.revenue, 2)
  })

  test('says in sentences what moved, with the figures', async () => {
    const { data } = await performance('alice', { store_id: LEEDS, from: '2026-04-01', to: '2026-05-31' })
    const text = data.insights.join('\n')
    expect(text).toMatch(/Revenue was £[\d,]+\.\d\d from \d+ orders, up [\d.]+ %/)
    expect(text).toMatch(/\(\+£[\d,.]+, \+[\d.]+ %, now £[\d,.]+\) grew most\./)
    expect(text).toMatch(/The top 5 products made \d+ % of revenue, led by /)
    expect(text).toMatch(/The best day was \w+day 2026-0[45]-\d\d with £/)
  })

  test('takes a store by its name too, in any case', async () => {
    const { data } = await performance('bob', { store_id: 'larkmoor MANCHESTER', ...OCTOBER })
    expect(data.store.store_id).toBe(MANCHESTER)
  })

  test('names its periods, the last 30 days by default', async () => {
    const { data } = await performance('alice', { store_id: LEEDS })
    expect(data.period.days).toBe(30)
    const year = await performance('alice', { store_id: LEEDS, time_period: 'last_12_months' })
    expect(year.data.period.days).toBe(365)
  })

  test('adds up to the digit, beyond what a number of JSON holds', async () => {
    const { owner } = rowgate.database.endpoint
    const [order, item, other] = ['f1', 'f2', 'f3'].map((end) => `00000009-0000-8000-8000-0000000000${end}`)
    const [product] = await owned('select product_id from retail.products order by 1 limit 1')
    await owner(`insert into retail.orders (order_id, store_id, customer_id, order_date, status, total_amount)
      select '${order}', store_id, customer_id, '2030-05-05', 'completed', 1 from retail.orders where store_id = '${LEEDS}' limit 1`)
    for (const [id, quantity] of [
      [item, 2147483647],
      [other, 1],
    ])
      await owner(`insert into retail.order_items (order_item_id, order_id, store_id, product_id, quantity, unit_price)
        values ('${id}', '${order}', '${LEEDS}', '${product}', ${quantity}, 9999999999.99)`)
    const { data } = await performance('alice', { store_id: LEEDS, from: '2030-05-01', to: '2030-05-31' })
    await owner(`delete from retail.order_items where order_id = '${order}'`)
    await owner(`delete from retail.orders where order_id = '${order}'`)
    expect(data.top_products.rows[0].slice(2, 4)).toEqual([2147483648, '21474836479978525163.52'])
    expect(data.categories.rows[0].slice(1)).toEqual(['21474836479978525163.52', 0])
  })

  test('says when there is nothing, and when the last order was', async () => {
    const { data } = await performance('alice', { store_id: LEEDS, from: '2031-01-01', to: '2031-01-31' })
    expect(data.metrics).toMatchObject({ revenue: 0, orders: 0, average_basket: null })
    expect(data.top_products.rows).toEqual([])
    expect(data.insights).toEqual(['There are no orders in this period; the last one was on 2026-11-20.'])
  })

  test.each([
    { name: "another manager's store by id", store_id: MANCHESTER },
    { name: "another manager's store by name", store_id: 'Larkmoor Manchester' },
    { name: 'a store that does not exist', store_id: NOWHERE },
    { name: 'a quotation mark', store_id: "' or true --" },
  ])('answers $name with AUTHORIZATION_ERROR, and with the same words', async ({ store_id }) => {
    const { error } = await performance('alice', { store_id, ...OCTOBER })
    expect(error).toEqual({
      code: 'AUTHORIZATION_ERROR',
      message: 'This is not one of your stores. `details.stores` lists them.',
      retryable: false,
      details: { stores: [{ store_id: LEEDS, name: 'Larkmoor Leeds' }] },
    })
  })

  test('lets a regional manager into every store of the region and no other', async () => {
    expect((await performance('bob', { store_id: LEEDS, ...OCTOBER })).status).toBe('success')
    expect((await performance('bob', { store_id: BRISTOL, ...OCTOBER })).error?.code).toBe(
      'AUTHORIZATION_ERROR',
    )
    expect((await performance('mallory', { store_id: LEEDS, ...OCTOBER })).error?.message).toBe(
      'You are assigned to no store.',
    )
  })

  test('needs no store from who has one, and names those of who has several', async () => {
    expect((await performance('alice', OCTOBER)).data.store.store_id).toBe(LEEDS)
    const { error } = await performance('bob', OCTOBER)
    expect(error).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: 'You have several stores: give one of `details.stores` as `store_id`.',
      details: { stores: expect.arrayContaining([{ store_id: LEEDS, name: 'Larkmoor Leeds' }]) },
    })
    expect((await performance('mallory', OCTOBER)).error?.message).toBe('You are assigned to no store.')
  })

  test.each([
    { store_id: '' },
    { store_id: LEEDS, from: '2026-01-01' },
    { store_id: LEEDS, from: '2026-02-01', to: '2026-01-01' },
    { store_id: LEEDS, from: '2026-02-30', to: '2026-03-01' },
    { store_id: LEEDS, from: '2020-01-01', to: '2026-01-01' },
    { store_id: LEEDS, time_period: 'last_month', ...OCTOBER },
    { store_id: LEEDS, time_period: 'forever' },
    { store_id: LEEDS, top_products: 21 },
    { store_id: LEEDS, user_id: 'bob' },
  ])('refuses arguments that break a rule: %o', async (args) => {
    expect((await performance('alice', args)).error?.code).toBe('VALIDATION_ERROR')
  })
})

describe('semantic_search_products', () => {
  const search = (args: object) => rowgate.call('alice', 'semantic_search_products', { ...args })

  test('finds what a shopper means without its name, best first', async () => {
    const { data } = await search({ text: 'stop snails eating my lettuce', max_rows: 5 })
    expect(data.columns).toEqual([
      'product_id',
      'name',
      'category',
      'type',
      'price',
      'similarity',
      'description',
    ])
    expect(data.rows[0].slice(1, 5)).toEqual([
      'Slug and Snail Barrier Pellets',
      'Plants and growing',
      'Protection and support',
      9.5,
    ])
    const similarities = data.rows.map((row: unknown[]) => row[5])
    expect(similarities).toEqual(similarities.toSorted((a: number, b: number) => b - a))
    expect(data.model).toMatch(/^rowgate-builtin-/)
  })

  test('gives no more than asked for and says that there are more', async () => {
    const few = await search({ text: 'garden', max_rows: 2, similarity_threshold: 0 })
    expect(few.data).toMatchObject({ row_count: 2, truncated: true })
    const most = await search({ text: 'garden', max_rows: 50, similarity_threshold: 0 })
    expect(most.data).toMatchObject({ row_count: 50, truncated: true })
  })

  test('puts what is equally alike in one order, however many are asked for', async () => {
    const { owner } = rowgate.database.endpoint
    await owner(`create table same as select e.product_id, e.model, e.description_embedding
      from retail.product_description_embeddings e join retail.products using (product_id) where name like 'Slug%' limit 1`)
    // Written from the highest id down, so that no order of storage is the one that is expected.
    await owner(`create table before as select * from retail.product_description_embeddings`)
    await owner('delete from retail.product_description_embeddings')
    await owner(`insert into retail.product_description_embeddings (product_id, model, description_embedding)
      select b.product_id, b.model, s.description_embedding from before b, same s order by b.product_id desc`)
    const asked = { text: 'stop snails eating my lettuce', similarity_threshold: 0 }
    const ids = async (max_rows: number) =>
      (await search({ ...asked, max_rows })).data.rows.map(([id]: [string]) => id)
    const [one, three, ten] = [await ids(1), await ids(3), await ids(10)]
    await owner('delete from retail.product_description_embeddings')
    await owner('insert into retail.product_description_embeddings select * from before')
    await owner('drop table same, before')
    expect([one, three]).toEqual([ten.slice(0, 1), ten.slice(0, 3)])
    expect(ten).toEqual(ten.toSorted())
  })

  test('leaves out what is less alike than the threshold', async () => {
    const { data } = await search({ text: 'prune my roses', similarity_threshold: 0.45 })
    expect(data.row_count).toBeGreaterThan(0)
    expect(data.rows.every((row: number[]) => (row[5] ?? 0) >= 0.45)).toBe(true)
    expect((await search({ text: 'something for roses', similarity_threshold: 1 })).data.rows).toEqual([])
  })

  test('finds nothing for a text without a word', async () => {
    expect((await search({ text: '!!! ???' })).data).toMatchObject({
      rows: [],
      row_count: 0,
      truncated: false,
    })
  })

  test('compares vectors of one model only, past any number of those of another', async () => {
    const { owner } = rowgate.database.endpoint
    await owner(`insert into retail.product_description_embeddings (product_id, model, description_embedding)
      select product_id, 'another', (select description_embedding from retail.product_description_embeddings e
        join retail.products p using (product_id) where p.name = 'Slug and Snail Barrier Pellets' and e.model <> 'another')
      from retail.products`)
    const { data } = await search({ text: 'stop snails eating my lettuce', max_rows: 5 })
    const found = new Set(data.rows.map((row: unknown[]) => row[0]))
    expect([found.size, data.rows[0][1]]).toEqual([5, 'Slug and Snail Barrier Pellets'])
    await owner(`delete from retail.product_description_embeddings where model = 'another'`)
  })

  test.each([
    { text: '' },
    { text: '   ' },
    { text: 'x'.repeat(501) },
    { text: 'x', max_rows: 51 },
    { text: 'x', max_rows: 0 },
    { text: 'x', similarity_threshold: 1.5 },
    { text: 'x', similarity_threshold: '0.5' },
  ])('refuses arguments that break a rule: %o', async (args) => {
    expect((await search(args)).error?.code).toBe('VALIDATION_ERROR')
  })
})

describe('execute_sales_query', () => {
  const query = (user: string, postgresql_query: string, rest: object = {}) =>
    rowgate.call(user, 'execute_sales_query', { postgresql_query, ...rest })

  test('gives every product once over its pages, though many have the same category', async () => {
    const sql = 'select product_id, category_id from retail.products order by category_id'
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const { data } = await query('mia', sql, { limit: 50, ...(cursor !== undefined && { cursor }) })
      seen.push(...data.rows.map(([id]: unknown[]) => id))
      cursor = data.next_cursor
    } while (cursor !== undefined)
    const { data: counted } = await query('mia', 'select count(*) from retail.products')
    expect(seen.length).toBe(counted.rows[0][0])
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('answers an analytical question over the stores of whoever asks', async () => {
    const sql = `with monthly as (
        select s.name, date_trunc('month', o.order_date) as month, sum(o.total_amount) as revenue
        from retail.orders o join stores s using (store_id) where o.status in ('completed', 'pending') group by 1, 2)
      select name, rank() over (order by sum(revenue) desc) as place, count(*) as months
      from monthly group by name order by place`
    expect((await query('alice', sql)).data.rows).toEqual([['Larkmoor Leeds', 1, 25]])
    const region = (await query('bob', sql)).data.rows.map(([name]: [string]) => name)
    expect(region.toSorted()).toEqual(['Larkmoor Edinburgh', 'Larkmoor Leeds', 'Larkmoor Manchester'])
    expect((await query('mallory', sql)).data.rows).toEqual([])
  })

  test('takes parameters, and pages without gap or repeat', async () => {
    const sql = 'select sku from products where price > $1 order by sku'
    const first = await query('alice', sql, { parameters: [300], limit: 3 })
    const rest = await query('alice', sql, { parameters: [300], cursor: first.data.next_cursor })
    const all = await query('alice', sql, { parameters: [300] })
    expect(first.data).toMatchObject({ row_count: 3, truncated: true })
    expect([...first.data.rows, ...rest.data.rows]).toEqual(all.data.rows)
  })

  test.each([
    { name: 'another schema', sql: 'select * from public.tasks' },
    { name: 'another schema by a bare name', sql: 'select * from tasks' },
    { name: 'the catalogue', sql: 'select * from pg_roles' },
    { name: 'a write', sql: 'delete from retail.orders' },
    { name: 'a write in WITH', sql: 'with d as (delete from retail.orders returning 1) select * from d' },
    { name: 'two statements', sql: 'select 1; select 2' },
    { name: 'another identity', sql: "select set_config('rowgate.context', 'x', true)" },
  ])('refuses $name', async ({ sql }) => {
    expect((await query('alice', sql)).error?.code).toBe('QUERY_REJECTED')
  })

  test('names the tool that tells of the tables, which the caller has', async () => {
    const { error } = await query('alice', 'select * from sales', {})
    expect(error?.message).toContain('`get_multiple_table_schemas`')
  })

  test('shows no row of another store, whatever the query asks for', async () => {
    for (const sql of [
      'select distinct store_id from orders',
      'select distinct store_id from customers union select store_id from inventory',
      `select store_id from order_items where store_id = '${MANCHESTER}' union all select store_id from stores`,
    ]) {
      expect((await query('alice', sql)).data.rows).toEqual([[LEEDS]])
    }
    const all = await query('alice', 'select count(*) from store_assignments')
    expect(all.data.rows).toEqual([[1]])
  })

  test.each([{ limit: 1001 }, { limit: 0 }, { cursor: '-1' }, { parameters: [1] }, { schema: 'public' }])(
    'refuses arguments that break a rule: %o',
    async (rest) => {
      expect((await query('alice', 'select 1', rest)).error?.code).toBe('VALIDATION_ERROR')
    },
  )

  test('refuses a row that is too large for an answer', async () => {
    const sql = "select string_agg(description, ' ') from products p, generate_series(1, 10) n"
    expect((await query('alice', sql)).error?.code).toBe('RESULT_TOO_LARGE')
  })
})

describe('get_multiple_table_schemas', () => {
  const schemas = (args: object = {}) => rowgate.call('alice', 'get_multiple_table_schemas', { ...args })

  test('tells every column that Postgres has, and its type', async () => {
    const { data } = await schemas()
    const told = data.tables.flatMap(({ name, rows }: { name: string; rows: string[][] }) =>
      rows.map((row) => `${name} ${row[0]} ${row[1]} ${row[2]}`),
    )
    const { rows } =
      await rowgate.database.endpoint.owner(`select attrelid::regclass || ' ' || attname || ' ' ||
        format_type(atttypid, atttypmod) || ' ' || not attnotnull from pg_attribute join pg_class c on c.oid = attrelid
      where c.relnamespace = 'retail'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped`)
    const plain = (text: string | null) => text?.replace(', ', ',')
    expect(told.map(plain).sort()).toEqual(rows.map((row) => plain(row[0] ?? null)).sort())
  })

  test('tells keys, and which rows the caller sees, of the tables that are named', async () => {
    const { data } = await schemas({ tables: ['retail.order_items', 'products'] })
    expect(data.tables.map(({ name }: { name: string }) => name)).toEqual([
      'retail.order_items',
      'retail.products',
    ])
    expect(data.tables[0]).toMatchObject({
      you_see: 'rows of your stores',
      keys: expect.arrayContaining([
        'primary key (order_item_id)',
        'foreign key (order_id, store_id) references retail.orders (order_id, store_id)',
      ]),
    })
  })

  test.each([[['pg_authid']], [['public.tasks']], [[]], ['orders']])(
    'refuses other tables: %o',
    async (tables) => {
      expect((await schemas({ tables })).error?.code).toBe('VALIDATION_ERROR')
    },
  )
})

describe('get_current_utc_date', () => {
  test('gives date, time and weekday in UTC', async () => {
    const { data } = await rowgate.call('alice', 'get_current_utc_date')
    expect(Math.abs(Date.parse(data.time) - Date.now())).toBeLessThan(60_000)
    expect(data.time.startsWith(data.date)).toBe(true)
    expect(data.weekday).toMatch(/day$/)
  })
})

describe('the retail toolset', () => {
  test('is not there without its scope', async () => {
    const client = await rowgate.client('alice', { scopes: ['tasks:read'] })
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).not.toContain('get_store_performance')
    await client.close()
  })
})
