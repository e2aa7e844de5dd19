/**
 * Retail on the real runtime: search by meaning, whose word vectors arrive there as a data module, and
 * figures.
 */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { seed } from '../../../scripts/examples/retail/seed.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { workerd } from '../../support/product/workerd.ts'
import { startEmbedded } from '../../support/servers/databases.ts'

const worker = workerd()
let rowgate: Rowgate

beforeAll(async () => {
  rowgate = await startRowgate({ database: startEmbedded, worker })
  await seed(rowgate.database.endpoint.owner)
})
afterAll(async () => {
  await worker.close()
  await rowgate.close()
})

test('a shopper’s words find the product', async () => {
  const args = { text: 'soil for blueberries', max_rows: 3 }
  const { data } = await rowgate.call('alice', 'semantic_search_products', args)
  expect(data.rows[0]?.[1]).toBe('Ericaceous Compost 40 L')
})

test('a store’s figures and insights are computed', async () => {
  const answer = await rowgate.call('alice', 'get_store_performance', {
    store_id: 'Larkmoor Leeds',
    time_period: 'last_90_days',
  })
  expect(answer).toMatchObject({
    status: 'success',
    data: { insights: expect.arrayContaining([expect.stringMatching(/^Revenue was £/)]) },
  })
})

test('the shop that npm start fills has orders until now, and none of later', async () => {
  const sql = `select max(order_date) > now(), max(order_date) > now() - interval '2 days' from retail.orders`
  expect((await rowgate.database.endpoint.owner(sql)).rows).toEqual([['f', 't']])
})
