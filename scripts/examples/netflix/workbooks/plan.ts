/** Plans the writes for a batch of report rows, given the known catalogue. Pure. */

import { type Known, matchMovie, matchSeason, matchShow } from './match.ts'
import type { ReportRow } from './report.ts'
import { matchKey, originalShow, splitSeason } from './titles.ts'

interface Entity extends Known {
  readonly title: string
  readonly matchKey: string
}
interface Movie extends Entity {
  readonly releaseDate: string | null
  readonly availableGlobally: boolean | null
}
interface Show extends Entity {
  readonly availableGlobally: boolean | null
}
interface Season extends Entity {
  readonly tvShowId: number
  readonly seasonNumber: number | null
  readonly partNumber: number | null
  readonly releaseDate: string | null
}

/** The known titles and shows with the batch's names, and the highest ids in use. */
export interface KnownTitles {
  readonly movies: readonly Movie[]
  readonly shows: readonly Show[]
  readonly seasons: readonly Season[]
  readonly lastIds: { readonly movie: number; readonly show: number; readonly season: number }
}

interface Summary {
  readonly movieId: number | null
  readonly seasonId: number | null
  readonly row: ReportRow
}

interface Changes<T> {
  readonly added: readonly T[]
  readonly changed: readonly T[]
}

export interface ImportPlan {
  readonly movies: Changes<Movie>
  readonly shows: Changes<Show>
  readonly seasons: Changes<Season>
  readonly summaries: readonly Summary[]
  /** Rows that repeat an earlier row of the file, by index in the batch. */
  readonly repeated: readonly { readonly at: number; readonly of: string }[]
}

/** Rows read so far in this import, by title and period. */
export type Seen = Map<string, PlacedRow>

export interface PlacedRow {
  /** The row's place for messages: `row 12 of "Film"`. */
  readonly place: string
  readonly row: ReportRow
}

/** Keys for the lookup of the batch's catalogue. */
export function keysOf(rows: readonly PlacedRow[]): { titles: string[]; shows: string[] } {
  const titles = new Set(rows.map(({ row }) => matchKey(row.title)))
  const shows = new Set(
    rows.filter(({ row }) => row.kind === 'season').map(({ row }) => matchKey(seriesOf(row).show)),
  )
  return { titles: [...titles], shows: [...shows] }
}

export function planBatch(rows: readonly PlacedRow[], catalogue: KnownTitles, seen: Seen): ImportPlan {
  const movies = ledger(catalogue.movies, catalogue.lastIds.movie)
  const shows = ledger(catalogue.shows, catalogue.lastIds.show)
  const seasons = ledger(catalogue.seasons, catalogue.lastIds.season)
  const summaries: Summary[] = []
  const repeated: { at: number; of: string }[] = []

  for (const [at, { place, row }] of rows.entries()) {
    const figure = (id: number) => `${row.kind} ${id} ${row.period.duration} ${row.period.startDate}`
    const id =
      row.kind === 'movie'
        ? placeMovie(row, movies, (film) => seen.has(figure(film.id)))
        : placeSeason(row, seasons, shows, (season) => seen.get(figure(season.id))?.row)
    const first = seen.get(figure(id))
    if (first !== undefined) {
      repeated.push({ at, of: first.place })
      continue
    }
    seen.set(figure(id), { place, row })
    const [movieId, seasonId] = row.kind === 'movie' ? [id, null] : [null, id]
    summaries.push({ movieId, seasonId, row })
  }
  return { movies: movies.changes(), shows: shows.changes(), seasons: seasons.changes(), summaries, repeated }
}

function placeMovie(row: ReportRow, movies: Ledger<Movie>, taken: (film: Movie) => boolean): number {
  const key = matchKey(row.title)
  const { title, originalTitle, locale, runtimeMinutes, releaseDate, availableGlobally } = row
  const known = matchMovie(row, movies.of(key), taken)
  if (known === undefined) {
    return movies.add({
      title,
      matchKey: key,
      originalTitle,
      locale,
      runtimeMinutes,
      releaseDate,
      availableGlobally,
    })
  }
  return movies.put({
    ...known,
    originalTitle: known.originalTitle ?? originalTitle,
    locale: known.locale ?? locale,
    runtimeMinutes: known.runtimeMinutes ?? runtimeMinutes,
    releaseDate: releaseDate ?? known.releaseDate,
    availableGlobally: availableGlobally ?? known.availableGlobally,
  })
}

function placeSeason(
  row: ReportRow,
  seasons: Ledger<Season>,
  shows: Ledger<Show>,
  takenBy: (season: Season) => ReportRow | undefined,
): number {
  const key = matchKey(row.title)
  const { title, originalTitle, locale, runtimeMinutes, releaseDate } = row
  const { seasonNumber, partNumber } = seriesOf(row)
  const meant = seasons.of(key).filter((season) => !isOfAnotherShow(row, takenBy(season), shows))
  const known = matchSeason(row, meant, (season) => takenBy(season) !== undefined)
  if (known === undefined) {
    // A show has one season of a name. A second one belongs to another show of the same name.
    const owners = new Set(seasons.of(key).map((season) => season.tvShowId))
    const tvShowId = placeShow(row, shows, (show) => !owners.has(show.id))
    return seasons.add({
      ...{ title, matchKey: key, tvShowId, originalTitle, locale, runtimeMinutes },
      ...{ seasonNumber, partNumber, releaseDate },
    })
  }
  const owners = new Set(
    seasons
      .of(key)
      .filter((season) => season.id !== known.id)
      .map((season) => season.tvShowId),
  )
  const owner = shows.get(known.tvShowId)
  // Only a report with a column for the show knows where its name ends, so only that one moves a season to
  // another show.
  const tvShowId =
    row.show === null || owner?.matchKey === matchKey(row.show)
      ? known.tvShowId
      : placeShow(row, shows, (show) => !owners.has(show.id))
  shows.revise(tvShowId, (show) => ({
    ...show,
    locale: show.locale ?? locale,
    availableGlobally: either(
      either(show.availableGlobally, owner?.availableGlobally ?? null),
      row.availableGlobally,
    ),
  }))
  const moved = row.show !== null && tvShowId !== known.tvShowId
  return seasons.put({
    ...known,
    tvShowId,
    ...(moved && { seasonNumber, partNumber }),
    originalTitle: known.originalTitle ?? originalTitle,
    locale: known.locale ?? locale,
    runtimeMinutes: longer(known.runtimeMinutes, runtimeMinutes),
    releaseDate: releaseDate ?? known.releaseDate,
  })
}

/**
 * A row with the name of an earlier row, but another runtime and another original name of the show, is no
 * repetition: "Love Is War" and "Love Is War?" have the same key. Such a show must not exist yet.
 */
function isOfAnotherShow(row: ReportRow, earlier: ReportRow | undefined, shows: Ledger<Show>): boolean {
  if (earlier === undefined || earlier.runtimeMinutes === row.runtimeMinutes) return false
  const original = showOriginal(row)
  const there = shows.of(matchKey(seriesOf(row).show)).some((show) => show.originalTitle === original)
  return !there && original !== null && original !== showOriginal(earlier)
}

function showOriginal(row: ReportRow): string | null {
  return row.originalTitle === null ? null : originalShow(row.originalTitle, seriesOf(row))
}

function placeShow(row: ReportRow, shows: Ledger<Show>, free: (show: Show) => boolean): number {
  const series = seriesOf(row)
  const key = matchKey(series.show)
  const described = {
    title: series.show,
    originalTitle: showOriginal(row),
    locale: row.locale,
    runtimeMinutes: null,
    availableGlobally: row.availableGlobally,
  }
  const known = matchShow(described, shows.of(key).filter(free))
  if (known === undefined) return shows.add({ ...described, matchKey: key })
  return shows.put({
    ...known,
    locale: known.locale ?? described.locale,
    availableGlobally: either(known.availableGlobally, described.availableGlobally),
  })
}

function seriesOf(row: ReportRow) {
  return splitSeason(row.title, row.show ?? undefined)
}

/** Entities by name, their changes, and ids for new ones. */
interface Ledger<T extends Entity> {
  of(key: string): readonly T[]
  get(id: number): T | undefined
  add(entity: Omit<T, 'id'>): number
  put(entity: T): number
  revise(id: number, change: (entity: T) => T): void
  changes(): Changes<T>
}

function ledger<T extends Entity>(known: readonly T[], lastId: number): Ledger<T> {
  const before = new Map(known.map((entity) => [entity.id, JSON.stringify(entity)]))
  const now = new Map(known.map((entity) => [entity.id, entity]))
  const idsByKey = new Map<string, number[]>()
  for (const entity of known)
    idsByKey.set(entity.matchKey, [...(idsByKey.get(entity.matchKey) ?? []), entity.id])
  let nextId = lastId + 1

  const put = (entity: T) => {
    now.set(entity.id, entity)
    return entity.id
  }
  return {
    of: (key) => (idsByKey.get(key) ?? []).flatMap((id) => now.get(id) ?? []),
    get: (id) => now.get(id),
    add(entity) {
      const id = nextId
      nextId += 1
      idsByKey.set(entity.matchKey, [...(idsByKey.get(entity.matchKey) ?? []), id])
      // The compiler cannot recombine `Omit` of a generic type; `entity` has every member of T but `id`.
      return put({ ...entity, id } as T)
    },
    put,
    revise(id, change) {
      const entity = now.get(id)
      if (entity !== undefined) put(change(entity))
    },
    changes: () => ({
      added: [...now.values()].filter(({ id }) => !before.has(id)),
      changed: [...now.values()].filter((entity) => {
        const earlier = before.get(entity.id)
        return earlier !== undefined && earlier !== JSON.stringify(entity)
      }),
    }),
  }
}

function either(a: boolean | null, b: boolean | null): boolean | null {
  if (a === null || b === null) return a ?? b
  return a || b
}

function longer(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.max(a, b)
}
