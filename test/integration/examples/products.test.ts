/** The products tools on a real MariaDB, through the endpoint in workerd. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyMySqlMigrations } from '../../../scripts/local/mysql/migrations.ts'
import { type EngineServer, startEngineServer } from '../../support/product/engine-server.ts'
import { type MariaDb, mariaDbMissing, startMariaDb } from '../../support/servers/mariadb.ts'

const NO_SUCH_ID = '01900000-0000-7000-8000-000000000000'

describe.skipIf(mariaDbMissing())('products', () => {
  let mariadb: MariaDb
  let rowgate: EngineServer
  beforeAll(async () => {
    mariadb = await startMariaDb()
    await applyMySqlMigrations(mariadb.ownerUrl, ['products'])
    rowgate = await startEngineServer({ MYSQL_URL: mariadb.url })
  })
  afterAll(async () => {
    await rowgate?.close()
    await mariadb?.close()
  })

  async function add(tenant: string, name: string, rest: object = {}): Promise<string> {
    const given = { name, category: 'Tools', price: '1', ...rest }
    const { data } = await rowgate.call('ada', 'add_product', given, { tenant })
    return data.id
  }

  async function names(tenant: string, filter: object = {}): Promise<string[]> {
    const { data } = await rowgate.call('bob', 'search_products', filter, { tenant })
    return data.rows.map((row: unknown[]) => row[data.columns.indexOf('name')])
  }

  test('are added, read, found and counted, by everybody of the tenant', async () => {
    const given = { name: ' Drill ', category: 'Tools', price: '19.9', stock: 3, description: '18 V' }
    const made = await rowgate.call('ada', 'add_product', given)
    expect(made.data).toMatchObject({ ...given, name: 'Drill', price: '19.90' })
    expect(made.data.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Math.abs(Date.parse(made.data.created_at) - Date.now())).toBeLessThan(3_600_000)
    const product_id = made.data.id
    expect((await rowgate.call('bob', 'get_product', { product_id })).data).toEqual(made.data)
    expect((await rowgate.call('bob', 'get_product', { product_id: product_id.toUpperCase() })).data).toEqual(
      made.data,
    )
    const found = await rowgate.call('bob', 'search_products', { text: 'DRI' })
    expect(found.data).toMatchObject({ row_count: 1, truncated: false })
    expect(found.data.rows[0].slice(1, 6)).toEqual(['Drill', '18 V', 'Tools', '19.90', 3])
    const sold = await rowgate.call('bob', 'update_stock', { product_id, change: -2 })
    expect(sold.data).toMatchObject({ id: product_id, stock: 1 })
    expect((await rowgate.call('bob', 'update_stock', { product_id, set_to: 7 })).data.stock).toBe(7)
  })

  test('keep a price to the cent, whatever a float would make of it', async () => {
    for (const [price, kept] of [
      ['0.1', '0.10'],
      ['0', '0.00'],
      ['9999999999.99', '9999999999.99'],
      ['90071992.54', '90071992.54'],
      ['1.05', '1.05'],
      ['0000000001', '1.00'],
    ] as const) {
      const { data } = await rowgate.call(
        'ada',
        'add_product',
        { name: price, category: 'c', price },
        { tenant: 'cents' },
      )
      expect(data.price).toBe(kept)
    }
    expect(await names('cents', { min_price: '9999999999.98' })).toEqual(['9999999999.99'])
    expect(await names('cents', { min_price: '0.10', max_price: '0.1' })).toEqual(['0.1'])
    expect(await names('cents', { min_price: '1.01', max_price: '1.06' })).toEqual(['1.05'])
  })

  test('are filtered by category, price, stock and text together', async () => {
    const tenant = 'filters'
    await add(tenant, 'Crème', { category: 'Food', price: '3', stock: 1 })
    await add(tenant, 'Creme tube', { category: 'Care', price: '5', stock: 0 })
    await add(tenant, '100% wool', { category: 'food', price: '7', description: 'no crème_at all' })
    expect(await names(tenant, { category: 'FOOD' })).toEqual(['100% wool', 'Crème'])
    expect(await names(tenant, { text: 'CREME' })).toEqual(['100% wool', 'Creme tube', 'Crème'])
    expect(await names(tenant, { text: '%' })).toEqual(['100% wool'])
    expect(await names(tenant, { text: '_' })).toEqual(['100% wool'])
    expect(await names(tenant, { text: '!' })).toEqual([])
    expect(await names(tenant, { in_stock: true })).toEqual(['Crème'])
    expect(await names(tenant, { in_stock: false, max_price: '5' })).toEqual(['Creme tube'])
  })

  test.each(['newest', 'name', 'price_asc', 'price_desc'])(
    'go on by cursor without gap or repeat, sorted by %s, through equal values',
    async (sort) => {
      const tenant = `pages ${sort}`
      for (const name of ['b', 'É', 'a', 'e', 'A', '🦀', '🧀', 'b'])
        await add(tenant, name, { price: name === 'b' ? '2' : '1.50' })
      const whole = await rowgate.call('ada', 'search_products', { sort }, { tenant })
      const seen: unknown[] = []
      let cursor: string | undefined
      do {
        const { data } = await rowgate.call('ada', 'search_products', { sort, limit: 3, cursor }, { tenant })
        seen.push(...data.rows)
        expect(data.truncated).toBe(data.next_cursor !== undefined)
        cursor = data.next_cursor
      } while (cursor !== undefined)
      expect(seen).toEqual(whole.data.rows)
      expect(seen).toHaveLength(8)
    },
  )

  test('a category that is an emoji is not every emoji', async () => {
    await add('emoji', 'crab', { category: '🦀' })
    await add('emoji', 'cheese', { category: '🧀' })
    expect(await names('emoji', { category: '🦀' })).toEqual(['crab'])
  })

  test('a repeated idempotency key gives the first product, per caller, also in parallel', async () => {
    const tenant = 'once'
    const calls = Array.from({ length: 6 }, (_, i) => add(tenant, `n${i}`, { idempotency_key: 'k' }))
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    expect(await names(tenant)).toHaveLength(1)
    await add(tenant, 'another key', { idempotency_key: 'K' })
    await add(tenant, 'and another', { idempotency_key: 'k ' })
    const other = await rowgate.call(
      'bob',
      'add_product',
      { name: 'bobs', category: 'c', price: '1', idempotency_key: 'k' },
      { tenant },
    )
    expect(other.data.name).toBe('bobs')
    expect(await names(tenant)).toHaveLength(4)
  })

  test('stock never goes below zero and loses nothing, however many call at once', async () => {
    const product_id = await add('race', 'last ones', { stock: 5 })
    const calls = Array.from({ length: 8 }, () =>
      rowgate.call('ada', 'update_stock', { product_id, change: -1 }, { tenant: 'race' }),
    )
    const answers = await Promise.all(calls)
    expect(answers.filter(({ status }) => status === 'success')).toHaveLength(5)
    for (const { error } of answers.filter(({ status }) => status === 'error'))
      expect(error).toMatchObject({ code: 'CONFLICT', details: { stock: 0 } })
    const { data } = await rowgate.call('ada', 'get_product', { product_id }, { tenant: 'race' })
    expect(data.stock).toBe(0)
  })

  test('stock changes only from what was expected, and never beyond what a column holds', async () => {
    const tenant = 'expected'
    const product_id = await add(tenant, 'x', { stock: 4 })
    const change = (args: object) => rowgate.call('ada', 'update_stock', { product_id, ...args }, { tenant })
    expect((await change({ change: -1, expected_stock: 4 })).data.stock).toBe(3)
    expect((await change({ change: -1, expected_stock: 4 })).error?.code).toBe('CONFLICT')
    expect((await change({ change: 1_000_000_000 })).error?.code).toBe('CONFLICT')
    expect((await change({ change: -4 })).error?.message).toContain('3')
    expect((await change({ change: 0 })).data.stock).toBe(3)
    expect((await change({ set_to: 0, expected_stock: 3 })).data.stock).toBe(0)
  })

  test('of another tenant are answered like those that never were, though its name differs by a space or a case', async () => {
    const product_id = await add('acme', 'secret plan', { stock: 1 })
    for (const tenant of ['default', 'Acme', 'acme ', 'ácme', "acme' or '1'='1"]) {
      for (const [tool, args] of [
        ['get_product', {}],
        ['update_stock', { set_to: 0 }],
      ] as const) {
        const foreign = await rowgate.call('ada', tool, { product_id, ...args }, { tenant })
        expect(foreign.error?.code, tenant).toBe('NOT_FOUND')
        expect(foreign).toEqual(
          await rowgate.call('ada', tool, { product_id: NO_SUCH_ID, ...args }, { tenant }),
        )
      }
      expect(await names(tenant, { text: 'secret' })).toEqual([])
    }
    expect(await names('acme', { in_stock: true })).toEqual(['secret plan'])
  })

  test('six parallel calls of two tenants cross no rows, and take their leave of the server', async () => {
    const before = await mariadb.abandoned()
    const tenants = ['tick', 'trick', 'tick', 'trick', 'tick', 'trick']
    await Promise.all(tenants.map((tenant, i) => add(tenant, `${tenant} ${i}`)))
    const lists = await Promise.all(tenants.map((tenant) => names(tenant)))
    lists.forEach((list, i) => {
      expect(list).toHaveLength(3)
      expect(list.every((name) => name.startsWith(`${tenants[i]} `))).toBe(true)
    })
    await mariadb.idle()
    expect(await mariadb.abandoned()).toBe(before)
  })

  test.each([
    "'; drop table products; --",
    "\\'; drop table products; -- x",
    "' or 1=1 -- x",
    "x' union select user() -- x",
    '/*!50000 drop table products */',
    '"; select sleep(10); --',
    '%',
    '\\',
    "\\\\' or 1=1 #",
    '`products`',
    '?',
    ':name',
    '#{1+1}',
    '__proto__',
    '1e309',
    '-1',
    'NaN',
    'nul\u0000byte \u001a.',
    '🦀 utf8mb4 𝕏',
    '\uFFFF\u202E',
    'ǅ ﬁ ß',
  ])('the text %j is kept to the letter, and finds itself and nothing else', async (text) => {
    const tenant = `hostile ${encodeURIComponent(text)}`
    await add(tenant, 'bystander', { category: 'other' })
    const id = await add(tenant, text, { category: text, description: text, idempotency_key: text })
    expect(await add(tenant, 'again', { idempotency_key: text })).toBe(id)
    const { data } = await rowgate.call('ada', 'get_product', { product_id: id }, { tenant })
    expect(data).toMatchObject({ name: text, category: text, description: text })
    expect(await names(tenant, { text })).toEqual([text])
    expect(await names(tenant, { category: text })).toEqual([text])
    const first = await rowgate.call('ada', 'search_products', { sort: 'name', limit: 1 }, { tenant })
    const second = await rowgate.call(
      'ada',
      'search_products',
      { sort: 'name', limit: 1, cursor: first.data.next_cursor },
      { tenant },
    )
    expect([first.data.rows[0][1], second.data.rows[0][1]].sort()).toEqual(['bystander', text].sort())
  })

  test.each<[tool: string, args: Record<string, unknown>, named: string]>([
    ['add_product', { name: 'x', category: 'c', price: 1.5 }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '1e309' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '-1' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: 'NaN' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '1.005' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '1.00\n' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '99999999999' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '١٢' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '0x10' }, 'price'],
    ['add_product', { name: 'x', category: 'c', price: '1', stock: -1 }, 'stock'],
    ['add_product', { name: 'x', category: 'c', price: '1', stock: 1.5 }, 'stock'],
    ['add_product', { name: 'x', category: 'c', price: '1', stock: 2 ** 40 }, 'stock'],
    ['add_product', { name: 'x', category: 'c', price: '1', tenantId: 'acme' }, 'tenantId'],
    ['add_product', { name: { toString: 'x' }, category: 'c', price: '1' }, 'name'],
    ['add_product', { name: ['x'], category: 'c', price: '1' }, 'name'],
    ['search_products', { min_price: '10', max_price: '9.99' }, 'min_price'],
    ['search_products', { sort: 'price_asc; drop table products' }, 'sort'],
    ['search_products', { limit: '1' }, 'limit'],
    ['search_products', { cursor: 'x' }, 'cursor'],
    ['search_products', { cursor: btoa('["name","a","1 or 1=1"]'), sort: 'name' }, 'cursor'],
    [
      'search_products',
      { cursor: btoa(`["price_asc","1 or 1","${NO_SUCH_ID}"]`), sort: 'price_asc' },
      'cursor',
    ],
    ['search_products', { cursor: btoa(`["name",{"a":1},"${NO_SUCH_ID}"]`), sort: 'name' }, 'cursor'],
    ['search_products', { cursor: btoa(`["name","a","${NO_SUCH_ID}"]`), sort: 'newest' }, 'cursor'],
    ['update_stock', { product_id: NO_SUCH_ID }, 'exactly one'],
    ['update_stock', { product_id: NO_SUCH_ID, change: 1, set_to: 1 }, 'exactly one'],
    ['update_stock', { product_id: "' or 1=1 --", change: 1 }, 'product_id'],
    ['update_stock', { product_id: NO_SUCH_ID, change: -(2 ** 53) }, 'change'],
    ['get_product', { product_id: `${NO_SUCH_ID} ` }, 'product_id'],
  ])('%s refuses %j and names what is wrong', async (tool, args, named) => {
    const { error } = await rowgate.call('eve', tool, args)
    expect(error?.code).toBe('VALIDATION_ERROR')
    expect(error?.message).toContain(named)
  })

  test('a forged cursor names another place in the caller’s own rows, and nothing else', async () => {
    await add('forger', 'mine')
    await add('forged', 'theirs')
    const cursor = btoa(`["newest","","ffffffff-ffff-7fff-bfff-ffffffffffff"]`)
    expect(await names('forger', { cursor })).toEqual(['mine'])
  })
})
