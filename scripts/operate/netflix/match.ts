/** Decides which known film or season a report's row speaks of. Pure, so that the same file always finds the same ones. */

import type { Locale } from './report.ts'
import { matchKey } from './titles.ts'

/** Reports round runtimes each in their own way; films of one name that are further apart are different films. */
const RUNTIME_TOLERANCE_MINUTES = 1
/** Two spellings of a show's original name ("낭만닥터 김사부", "낭만닥터 김사부1") begin alike for at least this share. */
const ORIGINAL_SHARED_START = 0.6

export interface Known {
  readonly id: number
  readonly originalTitle: string | null
  readonly locale: Locale | null
  readonly runtimeMinutes: number | null
}

export type Described = Omit<Known, 'id'>

/**
 * The film that the row speaks of: nothing that both sides know may differ, and among several it is the one that agrees
 * most. One that this period's report has already spoken of is `taken`: then only exactly the same can be meant.
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

/** The season that the row speaks of, as with films, but its runtime says nothing: it grows while episodes come out. */
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

/** The show that a new season belongs to. */
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
