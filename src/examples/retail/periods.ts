/** Time periods and the periods they are compared with. All days are UTC; `to` is exclusive. */

export const TIME_PERIODS = [
  'last_7_days',
  'last_30_days',
  'last_90_days',
  'last_12_months',
  'this_month',
  'last_month',
  'last_quarter',
  'year_to_date',
] as const

export type TimePeriod = (typeof TIME_PERIODS)[number]

export interface Days {
  readonly from: Date
  readonly to: Date
}

export interface Comparison {
  readonly current: Days
  readonly previous: Days
}

const DAY_MS = 86_400_000

/**
 * A rolling period ends with yesterday, the last whole day, and is compared with as many days before it. A
 * calendar period is compared with the one before; if it is still running, with as many days of that one.
 */
export function daysOf(period: TimePeriod, now: Date): Comparison {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  const today = utc(year, month, now.getUTCDate())
  const tomorrow = addDays(today, 1)
  switch (period) {
    case 'last_7_days':
      return rolling(today, 7)
    case 'last_30_days':
      return rolling(today, 30)
    case 'last_90_days':
      return rolling(today, 90)
    case 'last_12_months':
      return rolling(today, 365)
    case 'this_month':
      return running({ from: utc(year, month), to: tomorrow }, utc(year, month - 1), utc(year, month))
    case 'last_month':
      return {
        current: { from: utc(year, month - 1), to: utc(year, month) },
        previous: { from: utc(year, month - 2), to: utc(year, month - 1) },
      }
    case 'last_quarter': {
      const quarter = month - (month % 3)
      return {
        current: { from: utc(year, quarter - 3), to: utc(year, quarter) },
        previous: { from: utc(year, quarter - 6), to: utc(year, quarter - 3) },
      }
    }
    case 'year_to_date':
      return running({ from: utc(year, 0), to: tomorrow }, utc(year - 1, 0), utc(year, 0))
  }
}

/** From `first` to `last`, both inclusive, as `YYYY-MM-DD`; compared with as many days before. */
export function daysBetween(first: string, last: string): Comparison {
  const from = new Date(`${first}T00:00:00Z`)
  const to = addDays(new Date(`${last}T00:00:00Z`), 1)
  return { current: { from, to }, previous: { from: addDays(from, -lengthOf({ from, to })), to: from } }
}

/** In days. */
function lengthOf({ from, to }: Days): number {
  return Math.round((to.getTime() - from.getTime()) / DAY_MS)
}

/** First and last day, both inclusive, as `YYYY-MM-DD`. */
export function datesOf(days: Days): { from: string; to: string; days: number } {
  return { from: isoDate(days.from), to: isoDate(addDays(days.to, -1)), days: lengthOf(days) }
}

export function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function rolling(end: Date, days: number): Comparison {
  const from = addDays(end, -days)
  return { current: { from, to: end }, previous: { from: addDays(from, -days), to: from } }
}

/** The previous period may be shorter: March up to the 31st is compared with the whole of February. */
function running(current: Days, from: Date, end: Date): Comparison {
  const sameLength = addDays(from, lengthOf(current))
  return { current, previous: { from, to: sameLength < end ? sameLength : end } }
}

function utc(year: number, month: number, day = 1): Date {
  return new Date(Date.UTC(year, month, day))
}

function addDays(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY_MS)
}
