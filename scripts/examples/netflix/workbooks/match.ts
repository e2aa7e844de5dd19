/**
 * Matches a report's row with a known film or season. Pure, so the same file always gives the same matches.
 */

import type { Locale } from './report.ts'
import { matchKey } from './titles.ts'

/**
 * Reports round runtimes differently. Films of the same name with a greater difference are different films.
 */
const RUNTIME_TOLERANCE_MINUTES = 1
/** Spellings of a show's original name ("낭만닥터 김사부", "낭만닥터 김사부1") share at least this much of their start. */
const ORIGINAL_SHARED_START = 0.6

export interface Known {
  readonly id: number
  readonly originalTitle: string | null
  readonly locale: Locale | null
  readonly runtimeMinutes: number | null
}

export type Described = Omit<Known, 'id'>

/**
 * The film that the row means. No field known on both sides may differ; of several, the one with most equal
 * fields wins. A film already in this period's report is `taken` and only matches if all fields are equal.
 */
export function matchMovie<K extends Known>(
  row: Described,
  known: readonly K[],
  taken: (film: K) => boolean,
): K | undefined {
  return best(
    known.filter(
      (film) =>
        sameOrUnknown(originalKey(row), originalKey(film)) &&
        sameOrUnknown(row.locale, film.locale) &&
        runtimesAgree(row.runtimeMinutes, film.runtimeMinutes) &&
        (!taken(film) ||
          (originalKey(row) === originalKey(film) && row.runtimeMinutes === film.runtimeMinutes)),
    ),
    row,
  )
}

/** The season that the row means. As with films, but without the runtime, which grows as episodes appear. */
export function matchSeason<K extends Known>(
  row: Described,
  known: readonly K[],
  taken: (season: K) => boolean,
): K | undefined {
  return best(
    known.filter(
      (season) =>
        sameOrUnknown(originalKey(row), originalKey(season)) &&
        sameOrUnknown(row.locale, season.locale) &&
        (!taken(season) || originalKey(row) === originalKey(season)),
    ),
    row,
  )
}

/** The show of a new season. */
export function matchShow<K extends Known>(row: Described, known: readonly K[]): K | undefined {
  return best(
    known.filter(
      (show) =>
        originalsAlike(row.originalTitle, show.originalTitle) && sameOrUnknown(row.locale, show.locale),
    ),
    row,
  )
}

function best<K extends Known>(candidates: readonly K[], row: Described): K | undefined {
  return candidates.toSorted((a, b) => agreement(b, row) - agreement(a, row) || a.id - b.id)[0]
}

function agreement(known: Known, row: Described): number {
  const same = [
    originalKey(known) === originalKey(row),
    known.locale === row.locale,
    known.runtimeMinutes === row.runtimeMinutes,
  ]
  return same.filter(Boolean).length
}

function originalKey({ originalTitle }: Described): string | null {
  return originalTitle === null ? null : matchKey(originalTitle)
}

function sameOrUnknown<T>(a: T | null, b: T | null): boolean {
  return a === null || b === null || a === b
}

function runtimesAgree(a: number | null, b: number | null): boolean {
  return a === null || b === null || Math.abs(a - b) <= RUNTIME_TOLERANCE_MINUTES
}

function originalsAlike(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return true
  const [first, second] = [firstOriginal(a), firstOriginal(b)]
  let shared = 0
  while (shared < first.length && first[shared] === second[shared]) shared += 1
  return shared >= Math.min(first.length, second.length) * ORIGINAL_SHARED_START
}

function firstOriginal(originalTitle: string): string {
  return matchKey(originalTitle.split(' // ')[0] ?? '')
}
