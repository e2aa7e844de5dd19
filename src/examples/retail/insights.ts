/**
 * Insights: a store's figures in sentences. Every claim has its figures, and too little data is reported as
 * such.
 */

import type { Metrics } from './schema.ts'

/** Metrics to calculate with. */
export type Figures = Omit<Metrics, 'revenue'> & { readonly revenue: number }

interface ProductSales {
  readonly name: string
  readonly units: number
  readonly revenue: number
  readonly stock: number | null
  readonly reorderLevel: number | null
}

interface CategorySales {
  readonly name: string
  readonly revenue: number
  readonly previousRevenue: number
}

export interface Findings {
  readonly currency: string
  readonly current: Figures
  readonly previous: Figures
  readonly topProducts: readonly ProductSales[]
  readonly categories: readonly CategorySales[]
  readonly bestDay: { readonly date: string; readonly revenue: number } | undefined
  /** Date of the store's last order, `YYYY-MM-DD`. */
  readonly lastOrder: string | undefined
}

/** With fewer orders in either period, a comparison mostly shows chance. */
const MIN_ORDERS_TO_COMPARE = 10
/** In per cent. Smaller changes are not worth reporting. */
const NOTABLE_CHANGE = 2
/** In percentage points of the share of returned orders. */
const NOTABLE_RETURNS_CHANGE = 1
const HUNDRED = 100

export function insightsOf(findings: Findings): string[] {
  const { current, lastOrder } = findings
  if (current.orders === 0) {
    return [
      lastOrder === undefined
        ? 'There are no orders in this period, and this store has none at all.'
        : `There are no orders in this period; the last one was on ${lastOrder}.`,
    ]
  }
  return [
    revenueInsight(findings),
    causeInsight(findings),
    ...categoryInsights(findings),
    productInsight(findings),
    stockInsight(findings),
    returnsInsight(findings),
    dayInsight(findings),
  ].filter((sentence) => sentence !== undefined)
}

/** In per cent, one decimal; null if there was nothing before. */
export function changePercent(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null
  return Math.round(((now - before) / before) * 1000) / 10
}

function comparable({ current, previous }: Findings): boolean {
  return current.orders >= MIN_ORDERS_TO_COMPARE && previous.orders >= MIN_ORDERS_TO_COMPARE
}

function revenueInsight(findings: Findings): string {
  const { current, previous } = findings
  const money = moneyIn(findings.currency)
  const sold = `Revenue was ${money(current.revenue)} from ${count(current.orders, 'order')}`
  if (!comparable(findings)) {
    return `${sold}; with ${count(previous.orders, 'order')} in the period before there is too little to compare.`
  }
  const change = changePercent(current.revenue, previous.revenue) ?? 0
  return `${sold}, ${direction(change)} on the period before (${money(previous.revenue)} from ${count(previous.orders, 'order')}).`
}

/** Revenue is orders times average basket: tells which of the two changed it. */
function causeInsight(findings: Findings): string | undefined {
  if (!comparable(findings)) return undefined
  const { current, previous } = findings
  const orders = changePercent(current.orders, previous.orders) ?? 0
  const basket = changePercent(current.average_basket, previous.average_basket) ?? 0
  if (Math.max(Math.abs(orders), Math.abs(basket)) < NOTABLE_CHANGE) return undefined
  const money = moneyIn(findings.currency)
  const figures = `orders ${signed(orders)}, average basket ${signed(basket)} to ${money(current.average_basket ?? 0)}`
  if (orders > 0 === basket > 0) return `Orders and baskets moved the same way: ${figures}.`
  const cause = Math.abs(orders) >= Math.abs(basket) ? 'the number of orders' : 'the size of baskets'
  return `The change comes from ${cause}: ${figures}.`
}

function categoryInsights(findings: Findings): string[] {
  if (!comparable(findings)) return []
  const byChange = findings.categories.toSorted((a, b) => gain(b) - gain(a))
  const [best] = byChange
  const worst = byChange.at(-1)
  const sentences: string[] = []
  if (best !== undefined && gain(best) > 0) sentences.push(`${moved(best, findings.currency)} grew most.`)
  if (worst !== undefined && gain(worst) < 0) sentences.push(`${moved(worst, findings.currency)} fell most.`)
  return sentences
}

function gain({ revenue, previousRevenue }: CategorySales): number {
  return revenue - previousRevenue
}

function moved(category: CategorySales, currency: string): string {
  const money = moneyIn(currency)
  const change = changePercent(category.revenue, category.previousRevenue)
  const percent = change === null ? 'from nothing' : signed(change)
  const amount = `${gain(category) < 0 ? '-' : '+'}${money(Math.abs(gain(category)))}`
  return `${category.name} (${amount}, ${percent}, now ${money(category.revenue)})`
}

function productInsight({ topProducts, current, currency }: Findings): string | undefined {
  const [first] = topProducts
  if (first === undefined || current.revenue === 0) return undefined
  const money = moneyIn(currency)
  const together = topProducts.reduce((sum, { revenue }) => sum + revenue, 0)
  const share = Math.round((together / current.revenue) * HUNDRED)
  const leader = `${first.name} (${money(first.revenue)}, ${count(first.units, 'unit')})`
  if (topProducts.length === 1) return `${leader} sold best and made ${share} % of revenue.`
  return `The top ${topProducts.length} products made ${share} % of revenue, led by ${leader}.`
}

function stockInsight({ topProducts }: Findings): string | undefined {
  const low = topProducts.flatMap(({ name, stock, reorderLevel }) =>
    stock !== null && reorderLevel !== null && stock <= reorderLevel
      ? [`${name} (${stock} left, reorder at ${reorderLevel})`]
      : [],
  )
  if (low.length === 0) return undefined
  return `Running low among the best-sellers: ${low.join('; ')}.`
}

function returnsInsight(findings: Findings): string | undefined {
  if (!comparable(findings)) return undefined
  const [now, before] = [returnRate(findings.current), returnRate(findings.previous)]
  if (Math.abs(now - before) < NOTABLE_RETURNS_CHANGE) return undefined
  return `${now.toFixed(1)} % of orders were returned, against ${before.toFixed(1)} % before.`
}

function returnRate({ orders, returned_orders }: Figures): number {
  return (returned_orders / (orders + returned_orders)) * HUNDRED
}

function dayInsight({ bestDay, currency }: Findings): string | undefined {
  if (bestDay === undefined) return undefined
  const weekday = new Date(`${bestDay.date}T00:00:00Z`).toLocaleDateString('en-GB', {
    weekday: 'long',
    timeZone: 'UTC',
  })
  return `The best day was ${weekday} ${bestDay.date} with ${moneyIn(currency)(bestDay.revenue)}.`
}

function moneyIn(currency: string): (amount: number) => string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency })
  return (amount) => format.format(amount)
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-GB')} ${noun}${n === 1 ? '' : 's'}`
}

function direction(percent: number): string {
  if (Math.abs(percent) < NOTABLE_CHANGE) return `about the same (${signed(percent)})`
  return percent > 0 ? `up ${percent} %` : `down ${Math.abs(percent)} %`
}

function signed(percent: number): string {
  return `${percent > 0 ? '+' : ''}${percent} %`
}
