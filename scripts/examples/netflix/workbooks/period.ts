/** The periods of viewing figures: a week, or a half year. */

const DAYS_BEFORE_A_WEEKS_END = 6
const DAY_MS = 86_400_000

export interface Period {
  readonly duration: 'weekly' | 'semi_annual'
  /** ISO dates, both inclusive. */
  readonly startDate: string
  readonly endDate: string
}

/** The reports date a week by its last day, a Sunday. */
export function weekEnding(endDate: string): Period {
  const start = new Date(Date.parse(`${endDate}T00:00:00Z`) - DAYS_BEFORE_A_WEEKS_END * DAY_MS)
  return { duration: 'weekly', startDate: start.toISOString().slice(0, 10), endDate }
}

/** Parses a half year: `2024H1`, `2023Jul-Dec`, `January - June 2024`. */
export function readHalfYear(text: string): Period | undefined {
  const halves = /(20\d\d)[\s_-]?H([12])(?!\d)/i.exec(text)
  if (halves !== null) return halfYear(halves[1], halves[2] === '1')
  const months = /(20\d\d)?[\s_-]*(jan|jul)[a-z]*[\s_–-]+(?:to\s+)?(jun|dec)[a-z]*[\s_-]*(20\d\d)?/i.exec(
    text,
  )
  return months === null ? undefined : halfYear(months[1] ?? months[4], months[2]?.toLowerCase() === 'jan')
}

function halfYear(year: string | undefined, first: boolean): Period | undefined {
  if (year === undefined) return undefined
  const [start, end] = first ? ['01-01', '06-30'] : ['07-01', '12-31']
  return { duration: 'semi_annual', startDate: `${year}-${start}`, endDate: `${year}-${end}` }
}
