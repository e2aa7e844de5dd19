/** Days of a period, and the period that it is compared with. */

import { describe, expect, test } from 'vitest'
import { type Comparison, datesOf, daysBetween, daysOf } from '../../../src/examples/retail/periods.ts'

const spoken = ({ current, previous }: Comparison) => {
  const [now, before] = [datesOf(current), datesOf(previous)]
  return [`${now.from}..${now.to}`, `${before.from}..${before.to}`]
}

describe('a period', () => {
  test.each([
    ['last_7_days', '2026-03-31T23:59:59Z', '2026-03-24..2026-03-30', '2026-03-17..2026-03-23'],
    ['last_30_days', '2026-03-01T00:00:00Z', '2026-01-30..2026-02-28', '2025-12-31..2026-01-29'],
    ['last_90_days', '2026-01-01T12:00:00Z', '2025-10-03..2025-12-31', '2025-07-05..2025-10-02'],
    ['last_12_months', '2026-11-21T12:00:00Z', '2025-11-21..2026-11-20', '2024-11-21..2025-11-20'],
    ['this_month', '2026-03-31T12:00:00Z', '2026-03-01..2026-03-31', '2026-02-01..2026-02-28'],
    ['this_month', '2026-01-05T12:00:00Z', '2026-01-01..2026-01-05', '2025-12-01..2025-12-05'],
    ['last_month', '2028-03-31T12:00:00Z', '2028-02-01..2028-02-29', '2028-01-01..2028-01-31'],
    ['last_month', '2026-01-01T00:00:00Z', '2025-12-01..2025-12-31', '2025-11-01..2025-11-30'],
    ['last_quarter', '2026-02-14T12:00:00Z', '2025-10-01..2025-12-31', '2025-07-01..2025-09-30'],
    ['year_to_date', '2026-11-21T12:00:00Z', '2026-01-01..2026-11-21', '2025-01-01..2025-11-21'],
  ] as const)('%s at %s is %s, compared with %s', (period, now, current, previous) => {
    expect(spoken(daysOf(period, new Date(now)))).toEqual([current, previous])
  })

  test('of two dates is compared with as many days before, over a leap day too', () => {
    expect(spoken(daysBetween('2028-02-28', '2028-03-01'))).toEqual([
      '2028-02-28..2028-03-01',
      '2028-02-25..2028-02-27',
    ])
    expect(spoken(daysBetween('2026-05-05', '2026-05-05'))).toEqual([
      '2026-05-05..2026-05-05',
      '2026-05-04..2026-05-04',
    ])
  })
})
