/** Demand over time: the seasons of each category, its yearly trend, and the days of the week. */

import type { Category } from './stores.ts'

interface Course {
  /** Demand in each month, January first; 1 is an ordinary month. */
  readonly months: readonly number[]
  /** Demand after a year, relative to the year before. */
  readonly trend: number
  /** Share of the chain's items, before season and trend. */
  readonly share: number
}

const COURSES: Readonly<Record<Category, Course>> = {
  'Power tools': {
    months: [0.8, 0.8, 1, 1.1, 1.1, 1.1, 1, 0.9, 1, 1, 1.2, 1.5],
    trend: 1.1,
    share: 0.09,
  },
  'Hand tools': { months: [0.9, 0.9, 1, 1.1, 1.1, 1, 1, 1, 1, 1, 1.1, 1.2], trend: 1.0, share: 0.1 },
  'Garden tools': {
    months: [0.3, 0.5, 1.2, 1.8, 1.9, 1.6, 1.3, 1, 0.9, 0.8, 0.4, 0.3],
    trend: 1.04,
    share: 0.1,
  },
  'Plants and growing': {
    months: [0.3, 0.7, 1.6, 2.2, 2.1, 1.4, 0.9, 0.7, 1, 0.9, 0.3, 0.2],
    trend: 1.07,
    share: 0.14,
  },
  'Outdoor living': {
    months: [0.2, 0.3, 0.7, 1.3, 1.9, 2.3, 2.1, 1.5, 0.8, 0.5, 0.6, 0.6],
    trend: 1.12,
    share: 0.11,
  },
  'Paint and decorating': {
    months: [1, 1, 1.2, 1.3, 1.2, 1, 0.9, 0.9, 1, 1, 0.8, 0.6],
    trend: 0.93,
    share: 0.14,
  },
  'Plumbing and bathroom': {
    months: [1.3, 1.2, 1, 0.9, 0.9, 0.8, 0.8, 0.8, 1, 1.1, 1.2, 1.1],
    trend: 0.99,
    share: 0.1,
  },
  'Electrical and lighting': {
    months: [1, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.9, 1.1, 1.3, 1.6, 1.5],
    trend: 1.22,
    share: 0.1,
  },
  'Flooring and tiling': {
    months: [1.2, 1.1, 1.1, 1, 1, 0.9, 0.8, 0.8, 1, 1.1, 1.1, 0.7],
    trend: 0.97,
    share: 0.06,
  },
  'Storage and hardware': {
    months: [1.4, 1.1, 1, 1, 1, 0.9, 0.9, 1, 1.1, 1, 0.9, 0.8],
    trend: 1.02,
    share: 0.12,
  },
}

/** Sunday first; the sum is 7. */
const WEEKDAYS = [1.25, 0.8, 0.75, 0.8, 0.9, 1.1, 1.4]

/** Relative demand for a category on a day, `years` after the beginning. */
export function demand(category: Category, day: Date, years: number): number {
  const { months, trend, share } = COURSES[category]
  return share * (months[day.getUTCMonth()] ?? 1) * trend ** years
}

export function weekday(day: Date): number {
  return WEEKDAYS[day.getUTCDay()] ?? 1
}
