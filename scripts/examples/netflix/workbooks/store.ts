/**
 * The catalogue in Postgres, as the import reads and writes it: two scripts per batch, each in one
 * transaction.
 */

import * as z from 'zod'
import type { Owner } from '../../../local/postgres/backend.ts'
import type { ImportPlan, KnownTitles } from './plan.ts'

const locale = z.enum(['en', 'non-en']).nullable()
const entity = z.object({
  id: z.number(),
  title: z.string(),
  matchKey: z.string(),
  originalTitle: z.string().nullable(),
  locale,
  runtimeMinutes: z.number().nullable(),
})
const catalogue = z.object({
  movies: z.array(
    entity.extend({ releaseDate: z.string().nullable(), availableGlobally: z.boolean().nullable() }),
  ),
  shows: z.array(entity.extend({ availableGlobally: z.boolean().nullable() })),
  seasons: z.array(
    entity.extend({
      tvShowId: z.number(),
      seasonNumber: z.number().nullable(),
      partNumber: z.number().nullable(),
      releaseDate: z.string().nullable(),
    }),
  ),
  lastIds: z.object({ movie: z.number(), show: z.number(), season: z.number() }),
})

/**
 * Forces a hash join. A table that is being filled has no statistics yet, and a nested loop would take a
 * minute, not a second.
 */
const BY_HASH = "select set_config('enable_nestloop', 'off', true)"

/** Reads the known titles and shows of these names. */
export async function readCatalogue(
  owner: Owner,
  keys: { readonly titles: readonly string[]; readonly shows: readonly string[] },
): Promise<KnownTitles> {
  const { rows } = await owner(`
    ${BY_HASH};
    with keys as (select ${json(keys)} as k),
    titles as (select jsonb_array_elements_text(k -> 'titles') as match_key from keys),
    show_keys as (select jsonb_array_elements_text(k -> 'shows') as match_key from keys),
    movies as (
      select id, title, match_key as "matchKey", original_title as "originalTitle", locale,
        runtime_minutes as "runtimeMinutes", release_date as "releaseDate", available_globally as "availableGlobally"
      from netflix.movie where match_key in (select match_key from titles) order by id
    ),
    seasons as (
      select s.id, s.title, s.match_key as "matchKey", s.original_title as "originalTitle", t.locale,
        s.runtime_minutes as "runtimeMinutes", s.tv_show_id as "tvShowId", s.season_number as "seasonNumber",
        s.part_number as "partNumber", s.release_date as "releaseDate"
      from netflix.season s join netflix.tv_show t on t.id = s.tv_show_id
      where s.match_key in (select match_key from titles) order by s.id
    ),
    shows as (
      select id, title, match_key as "matchKey", original_title as "originalTitle", locale,
        null as "runtimeMinutes", available_globally as "availableGlobally"
      from netflix.tv_show
      where match_key in (select match_key from show_keys) or id in (select "tvShowId" from seasons) order by id
    )
    select json_build_object(
      'movies', (select coalesce(json_agg(movies), '[]') from movies),
      'shows', (select coalesce(json_agg(shows), '[]') from shows),
      'seasons', (select coalesce(json_agg(seasons), '[]') from seasons),
      'lastIds', json_build_object(
        'movie', (select coalesce(max(id), 0) from netflix.movie),
        'show', (select coalesce(max(id), 0) from netflix.tv_show),
        'season', (select coalesce(max(id), 0) from netflix.season)
      )
    )`)
  return catalogue.parse(JSON.parse(rows[0]?.[0] ?? ''))
}

/** Writes a batch in one transaction. Existing rows without changes are not touched. */
export async function writePlan(owner: Owner, plan: ImportPlan): Promise<void> {
  const entities = {
    movies: [...plan.movies.added, ...plan.movies.changed],
    shows: [...plan.shows.added, ...plan.shows.changed],
    seasons: [...plan.seasons.added, ...plan.seasons.changed],
  }
  const summaries = plan.summaries.map(({ movieId, seasonId, row }) => ({
    ...{ movieId, seasonId, ...row.period, viewRank: row.viewRank, hoursViewed: row.hoursViewed },
    ...{ views: row.views, cumulativeWeeks: row.cumulativeWeeksInTop10 },
  }))
  await owner(
    [
      BY_HASH,
      entities.movies.length > 0 && moviesSql(json(entities.movies)),
      entities.shows.length > 0 && showsSql(json(entities.shows)),
      entities.seasons.length > 0 && seasonsSql(json(entities.seasons)),
      summaries.length > 0 && summariesSql(json(summaries)),
    ]
      .filter((statement) => statement !== false)
      .join(';\n'),
  )
}

/**
 * Deletes shows without seasons (a later report moved their seasons to other shows), and updates the
 * statistics.
 */
export async function tidyUp(owner: Owner): Promise<void> {
  await owner(`
    delete from netflix.tv_show t where not exists (select from netflix.season s where s.tv_show_id = t.id);
    analyze netflix.movie, netflix.tv_show, netflix.season, netflix.view_summary`)
}

const moviesSql = (rows: string) => `
  insert into netflix.movie as known
    (id, title, original_title, match_key, locale, runtime_minutes, release_date, available_globally)
  select id, title, "originalTitle", "matchKey", locale, "runtimeMinutes", "releaseDate", "availableGlobally"
  from jsonb_to_recordset(${rows}) as r(id bigint, title text, "originalTitle" text, "matchKey" text, locale text,
    "runtimeMinutes" integer, "releaseDate" date, "availableGlobally" boolean)
  on conflict (id) do update set original_title = excluded.original_title, locale = excluded.locale,
    runtime_minutes = excluded.runtime_minutes, release_date = excluded.release_date,
    available_globally = excluded.available_globally, updated_at = now()
  where known.match_key = excluded.match_key`

const showsSql = (rows: string) => `
  insert into netflix.tv_show as known (id, title, original_title, match_key, locale, available_globally)
  select id, title, "originalTitle", "matchKey", locale, "availableGlobally"
  from jsonb_to_recordset(${rows}) as r(id bigint, title text, "originalTitle" text, "matchKey" text, locale text,
    "availableGlobally" boolean)
  on conflict (id) do update set locale = excluded.locale, available_globally = excluded.available_globally,
    updated_at = now()
  where known.match_key = excluded.match_key`

const seasonsSql = (rows: string) => `
  insert into netflix.season as known (id, tv_show_id, title, original_title, match_key, season_number, part_number,
    runtime_minutes, release_date)
  select id, "tvShowId", title, "originalTitle", "matchKey", "seasonNumber", "partNumber", "runtimeMinutes", "releaseDate"
  from jsonb_to_recordset(${rows}) as r(id bigint, "tvShowId" bigint, title text, "originalTitle" text, "matchKey" text,
    "seasonNumber" smallint, "partNumber" smallint, "runtimeMinutes" integer, "releaseDate" date)
  on conflict (id) do update set tv_show_id = excluded.tv_show_id, original_title = excluded.original_title,
    season_number = excluded.season_number, part_number = excluded.part_number,
    runtime_minutes = excluded.runtime_minutes, release_date = excluded.release_date, updated_at = now()
  where known.match_key = excluded.match_key`

const SAME_FIGURES = `v.duration = r.duration and v.start_date = r."startDate"
  and (v.hours_viewed, v.view_rank, v.views, v.cumulative_weeks_in_top10)
    is not distinct from (r."hoursViewed", r."viewRank", r.views, r."cumulativeWeeks")`

const summariesSql = (rows: string) => `
  insert into netflix.view_summary as known (movie_id, season_id, duration, start_date, end_date, view_rank,
    hours_viewed, views, cumulative_weeks_in_top10)
  select r."movieId", r."seasonId", r.duration, r."startDate", r."endDate", r."viewRank", r."hoursViewed", r.views,
    r."cumulativeWeeks"
  from jsonb_to_recordset(${rows}) as r("movieId" bigint, "seasonId" bigint, duration text, "startDate" date,
    "endDate" date, "viewRank" smallint, "hoursViewed" bigint, views bigint, "cumulativeWeeks" smallint)
  where not exists (select from netflix.view_summary v where v.movie_id = r."movieId" and ${SAME_FIGURES})
    and not exists (select from netflix.view_summary v where v.season_id = r."seasonId" and ${SAME_FIGURES})
  on conflict on constraint view_summary_identity do update set view_rank = excluded.view_rank,
    hours_viewed = excluded.hours_viewed, views = excluded.views,
    cumulative_weeks_in_top10 = excluded.cumulative_weeks_in_top10, updated_at = now()`

/**
 * Quotes a value as a JSON literal. JSON has no NUL and no bare control character, so doubling the quotes is
 * enough.
 */
function json(value: unknown): string {
  return `'${JSON.stringify(value).replaceAll("'", "''")}'::jsonb`
}
