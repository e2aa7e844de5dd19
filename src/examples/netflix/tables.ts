/**
 * Netflix's published catalogue and viewing figures. They are public, so rows have no owner: every verified
 * caller reads all of them. Only the tables' owner, which imports the workbooks, may write.
 */

import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgPolicy,
  pgSchema,
  smallint,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core'

export const netflix = pgSchema('netflix')

const identified = sql`(select rowgate.user_id()) is not null`

/** Row security is forced, so the owner needs a policy to import. */
const policies = (table: string) => [
  pgPolicy(`${table}_readers`, { for: 'select', using: identified }),
  pgPolicy(`${table}_importer`, { for: 'all', to: 'current_user', using: sql`true`, withCheck: sql`true` }),
]

/** Numbered from 1 by the import: short for a model to repeat, and the same after a repeated import. */
const id = () => bigint({ mode: 'number' }).primaryKey()
const timestamps = () => ({
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
})
/** The weekly list that a title is in; null until one has listed it. */
const locale = () => text({ enum: ['en', 'non-en'] })

export const movie = netflix
  .table(
    'movie',
    {
      id: id(),
      title: text().notNull(),
      originalTitle: text('original_title'),
      /** Letters and digits of the title, so that spellings match. */
      matchKey: text('match_key').notNull(),
      locale: locale(),
      runtimeMinutes: integer('runtime_minutes'),
      releaseDate: date('release_date'),
      availableGlobally: boolean('available_globally'),
      ...timestamps(),
    },
    (table) => [
      // Different films share a title (three are called "Monster"), so original title, runtime and list are
      // part of the identity.
      unique('movie_identity')
        .on(table.matchKey, table.originalTitle, table.runtimeMinutes, table.locale)
        .nullsNotDistinct(),
      index('movie_words').using(
        'gin',
        sql`lower(title || ' ' || coalesce(original_title, '')) gin_trgm_ops`,
      ),
      ...policies('movie'),
    ],
  )
  .enableRLS()

export const tvShow = netflix
  .table(
    'tv_show',
    {
      id: id(),
      title: text().notNull(),
      originalTitle: text('original_title'),
      matchKey: text('match_key').notNull(),
      locale: locale(),
      availableGlobally: boolean('available_globally'),
      ...timestamps(),
    },
    (table) => [
      unique('tv_show_identity').on(table.matchKey, table.originalTitle, table.locale).nullsNotDistinct(),
      ...policies('tv_show'),
    ],
  )
  .enableRLS()

export const season = netflix
  .table(
    'season',
    {
      id: id(),
      tvShowId: bigint('tv_show_id', { mode: 'number' })
        .notNull()
        .references(() => tvShow.id),
      /** As published, with the show's name: "Bridgerton: Season 3". */
      title: text().notNull(),
      originalTitle: text('original_title'),
      matchKey: text('match_key').notNull(),
      seasonNumber: smallint('season_number'),
      partNumber: smallint('part_number'),
      runtimeMinutes: integer('runtime_minutes'),
      releaseDate: date('release_date'),
      ...timestamps(),
    },
    (table) => [
      unique('season_identity').on(table.tvShowId, table.matchKey),
      index('season_match_key').on(table.matchKey),
      index('season_words').using(
        'gin',
        sql`lower(title || ' ' || coalesce(original_title, '')) gin_trgm_ops`,
      ),
      ...policies('season'),
    ],
  )
  .enableRLS()

export const viewSummary = netflix
  .table(
    'view_summary',
    {
      id: bigint({ mode: 'number' }).generatedByDefaultAsIdentity().primaryKey(),
      movieId: bigint('movie_id', { mode: 'number' }).references(() => movie.id),
      seasonId: bigint('season_id', { mode: 'number' }).references(() => season.id),
      duration: text({ enum: ['weekly', 'semi_annual'] }).notNull(),
      startDate: date('start_date').notNull(),
      endDate: date('end_date').notNull(),
      viewRank: smallint('view_rank'),
      hoursViewed: bigint('hours_viewed', { mode: 'number' }).notNull(),
      /** Hours divided by runtime; in the weekly lists since June 2023. */
      views: bigint({ mode: 'number' }),
      cumulativeWeeksInTop10: smallint('cumulative_weeks_in_top10'),
      ...timestamps(),
    },
    (table) => [
      unique('view_summary_identity')
        .on(table.movieId, table.seasonId, table.duration, table.startDate)
        .nullsNotDistinct(),
      index('view_summary_season').on(table.seasonId),
      index('view_summary_period').on(table.duration, table.startDate),
      check('view_summary_of_one', sql`num_nonnulls(movie_id, season_id) = 1`),
      check('view_summary_duration', sql`duration in ('weekly', 'semi_annual')`),
      check('view_summary_dates', sql`start_date < end_date`),
      check('view_summary_figures', sql`hours_viewed >= 0 and views >= 0`),
      ...policies('view_summary'),
    ],
  )
  .enableRLS()
