/** Insights from a store's figures, and none where the figures mean nothing. */

import { describe, expect, test } from 'vitest'
import {
  changePercent,
  type Figures,
  type Findings,
  insightsOf,
} from '../../../src/examples/retail/insights.ts'

function metrics(orders: number, basket: number, returned = 0): Figures {
  return {
    revenue: orders * basket,
    orders,
    average_basket: orders === 0 ? null : basket,
    customers: orders,
    cancelled_orders: 0,
    returned_orders: returned,
  }
}

function insights(over: Partial<Findings>): string {
  const findings: Findings = {
    currency: 'GBP',
    current: metrics(100, 50),
    previous: metrics(100, 50),
    topProducts: [],
    categories: [],
    bestDay: undefined,
    lastOrder: '2026-11-20',
    ...over,
  }
  return insightsOf(findings).join('\n')
}

describe('an insight', () => {
  test('on revenue gives both periods and the change', () => {
    expect(insights({ current: metrics(120, 50) })).toContain(
      'Revenue was £6,000.00 from 120 orders, up 20 % on the period before (£5,000.00 from 100 orders).',
    )
    expect(insights({ current: metrics(80, 50) })).toContain('down 20 %')
    expect(insights({ current: metrics(101, 50) })).toContain('about the same (+1 %)')
  })

  test('tells whether orders or baskets moved the revenue', () => {
    expect(insights({ current: metrics(130, 49) })).toContain(
      'The change comes from the number of orders: orders +30 %, average basket -2 % to £49.00.',
    )
    expect(insights({ current: metrics(99, 70) })).toContain('comes from the size of baskets')
    expect(insights({ current: metrics(110, 60) })).toContain('moved the same way')
    expect(insights({})).not.toMatch(/change comes|same way/)
  })

  test('compares nothing with a handful of orders', () => {
    const text = insights({
      previous: metrics(3, 50),
      categories: [{ name: 'Tools', revenue: 100, previousRevenue: 1 }],
    })
    expect(text).toBe(
      'Revenue was £5,000.00 from 100 orders; with 3 orders in the period before there is too little to compare.',
    )
  })

  test('names the category that grew most and the one that fell most, one from nothing too', () => {
    const text = insights({
      categories: [
        { name: 'Tools', revenue: 300, previousRevenue: 200 },
        { name: 'Paint', revenue: 50, previousRevenue: 200 },
        { name: 'Plants', revenue: 400, previousRevenue: 0 },
      ],
    })
    expect(text).toContain('Plants (+£400.00, from nothing, now £400.00) grew most.')
    expect(text).toContain('Paint (-£150.00, -75 %, now £50.00) fell most.')
  })

  test('says which best-sellers run low, and nothing of products without stock figures', () => {
    const product = { name: 'Drill', units: 10, revenue: 1000, stock: 2, reorderLevel: 2 }
    const text = insights({
      topProducts: [product, { ...product, name: 'Saw', stock: null, reorderLevel: null }],
    })
    expect(text).toContain('The top 2 products made 40 % of revenue, led by Drill (£1,000.00, 10 units).')
    expect(text).toContain('Running low among the best-sellers: Drill (2 left, reorder at 2).')
    expect(text).not.toContain('Saw')
  })

  test('tells of returns when their share has moved by a point', () => {
    expect(insights({ current: metrics(95, 50, 5) })).toContain(
      '5.0 % of orders were returned, against 0.0 % before.',
    )
    expect(insights({ current: metrics(995, 50, 5) })).not.toContain('returned')
  })

  test('names the weekday of the best day', () => {
    expect(insights({ bestDay: { date: '2026-11-14', revenue: 900.5 } })).toContain(
      'The best day was Saturday 2026-11-14 with £900.50.',
    )
  })

  test('is one sentence where there is no order', () => {
    expect(insights({ current: metrics(0, 0) })).toBe(
      'There are no orders in this period; the last one was on 2026-11-20.',
    )
    expect(insights({ current: metrics(0, 0), lastOrder: undefined })).toContain('none at all')
  })
})

test('a change from nothing is no per cent', () => {
  expect([changePercent(5, 0), changePercent(null, 5), changePercent(5, null)]).toEqual([null, null, null])
  expect([changePercent(110, 100), changePercent(0, 100)]).toEqual([10, -100])
})
