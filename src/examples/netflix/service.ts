/** Netflix's catalogue and viewing figures. Each call is one statement that returns one JSON value. */

import { type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Postgres } from '../../data/postgres/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import { tableOutput, upTo } from '../../toolkit/page.ts'
import type { SearchTitles, Title, Titles, TopList, TopTitles, Trends, ViewingTrends } from './schema.ts'
import { titleOutput } from './schema.ts'

const EMPTY_CATALOGUE =
  'No titles are imported yet. The operator loads a workbook of Netflix with `npm run import:netflix -- FILE.xlsx`.'

const rowsOf = tableOutput.shape.rows
const found = z.object({ rows: rowsOf, empty: z.boolean() })
const listed = found.extend({
  report: z.enum(['week', 'half_year']).nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
})
const trend = z.object({ title: z.string(), rows: rowsOf })

/** Fuzzy search over all names of a title, best match first. */
export async function searchTitles(postgres: Postgres, input: SearchTitles): Promise<Titles> {
  const { rows, empty } = await answer(
    postgres,
    found,
    sql`
      with found as (
        select kind, id, score from netflix.search_titles(
          ${input.query}, ${input.kind ?? null}, ${input.locale ?? null}, ${input.released_from ?? null}::date,
          ${input.released_to ?? null}::date, ${input.globally_available ?? null}::boolean, ${input.limit + 1}::integer)
      ), titles as (
        select f.score, f.kind, f.id, m.title, m.original_title, m.locale, m.release_date, null::bigint as seasons,
          (select sum(v.hours_viewed) from netflix.view_summary v
            where v.movie_id = m.id and v.duration = 'semi_annual') as hours
        from found f join netflix.movie m on f.kind = 'movie' and m.id = f.id
        union all
        select f.score, f.kind, f.id, t.title, t.original_title, t.locale,
          (select min(s.release_date) from netflix.season s where s.tv_show_id = t.id),
          (select count(*) from netflix.season s where s.tv_show_id = t.id),
          (select sum(v.hours_viewed) from netflix.season s join netflix.view_summary v on v.season_id = s.id
            where s.tv_show_id = t.id and v.duration = 'semi_annual')
        from found f join netflix.tv_show t on f.kind = 'show' and t.id = f.id
      )
      select json_build_object(
        'rows', coalesce((
          select json_agg(json_build_array(
              kind || '-' || id, kind, title, original_title, locale, release_date, seasons, hours,
              round(score::numeric, 2))
            order by round(score::numeric, 2) desc, hours desc nulls last, kind, id)
          from titles), '[]'),
        'empty', not exists (select from netflix.movie) and not exists (select from netflix.tv_show)) as answer`,
  )
  const columns = [
    ...['id', 'kind', 'title', 'original_title', 'locale', 'release_date', 'seasons'],
    ...['half_year_hours_viewed', 'score'],
  ]
  return { columns, ...upTo(rows, input.limit), ...(empty && { note: EMPTY_CATALOGUE }) }
}

/** Everything known about one title. */
export async function getTitle(postgres: Postgres, id: string): Promise<Title> {
  const { kind, key } = readId(id)
  const title = await answer(
    postgres,
    titleOutput.nullable(),
    kind === 'movie' ? movieDetail(key) : showDetail(key),
  )
  return title ?? notFound([id])
}

/** The most watched titles of a week or a half year. */
export async function topTitles(postgres: Postgres, input: TopTitles): Promise<TopList> {
  const { report, from, to, rows, empty } = await answer(
    postgres,
    listed,
    sql`
      with period as (
        select v.duration, v.start_date, v.end_date from netflix.view_summary v
        where ${periodCondition(input.period)}
        order by v.duration = 'weekly' desc, v.start_date desc limit 1
      ), ranked as (
        select row_number() over (order by v.views desc nulls last, v.hours_viewed desc, v.id) as rank,
          case when m.id is null then 'show-' || t.id else 'movie-' || m.id end as id, coalesce(m.title, s.title) as title,
          coalesce(m.locale, t.locale) as locale, v.view_rank, v.hours_viewed, v.views, v.cumulative_weeks_in_top10
        from period p
        join netflix.view_summary v on v.duration = p.duration and v.start_date = p.start_date
        left join netflix.movie m on m.id = v.movie_id
        left join netflix.season s on s.id = v.season_id
        left join netflix.tv_show t on t.id = s.tv_show_id
        where (${input.category ?? null}::text is null or (m.id is not null) = (${input.category ?? null} = 'film'))
          and (${input.locale ?? null}::text is null or coalesce(m.locale, t.locale) = ${input.locale ?? null})
        order by rank limit ${input.limit + 1}
      )
      select json_build_object(
        'report', (select case duration when 'weekly' then 'week' else 'half_year' end from period),
        'from', (select start_date from period), 'to', (select end_date from period),
        'rows', coalesce((
          select json_agg(json_build_array(
            rank, id, title, locale, view_rank, hours_viewed, views, cumulative_weeks_in_top10) order by rank)
          from ranked), '[]'),
        'empty', not exists (select from netflix.view_summary)) as answer`,
  )
  const columns = [
    'rank',
    'id',
    'title',
    'locale',
    'list_rank',
    'hours_viewed',
    'views',
    'cumulative_weeks_in_top10',
  ]
  const why = empty ? EMPTY_CATALOGUE : from === null ? 'No report of that period is imported.' : undefined
  return { report, from, to, columns, ...upTo(rows, input.limit), ...(why !== undefined && { note: why }) }
}

/** The same figures for several titles, in the requested order. */
export async function compareTitles(
  postgres: Postgres,
  ids: readonly string[],
): Promise<z.output<typeof tableOutput>> {
  const rows = await answer(
    postgres,
    rowsOf,
    sql`
      with wanted as (
        select id, split_part(id, '-', 1) as kind, split_part(id, '-', 2)::bigint as key, ord
        from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) with ordinality as w(id, ord)
      ), titles as (
        select w.ord, w.id, m.title, m.locale, m.release_date, m.id as movie_id, null::bigint as tv_show_id
        from wanted w join netflix.movie m on w.kind = 'movie' and m.id = w.key
        union all
        select w.ord, w.id, t.title, t.locale,
          (select min(s.release_date) from netflix.season s where s.tv_show_id = t.id), null, t.id
        from wanted w join netflix.tv_show t on w.kind = 'show' and t.id = w.key
      ), figures as (
        select t.ord, v.duration, v.start_date, v.hours_viewed, v.views, v.view_rank
        from titles t join netflix.view_summary v on v.movie_id = t.movie_id
        union all
        select t.ord, v.duration, v.start_date, v.hours_viewed, v.views, v.view_rank
        from titles t join netflix.season s on s.tv_show_id = t.tv_show_id
        join netflix.view_summary v on v.season_id = s.id
      ), totals as (
        select ord,
          sum(hours_viewed) filter (where duration = 'semi_annual') as half_year_hours,
          sum(views) filter (where duration = 'semi_annual') as half_year_views,
          count(distinct start_date) filter (where duration = 'weekly') as weeks,
          min(view_rank) filter (where duration = 'weekly') as best_rank,
          sum(hours_viewed) filter (where duration = 'weekly') as top10_hours,
          min(start_date) filter (where duration = 'weekly') as first_week,
          max(start_date) filter (where duration = 'weekly') as last_week
        from figures group by ord
      )
      select coalesce(json_agg(json_build_array(
        t.id, t.title, t.locale, t.release_date, f.half_year_hours, f.half_year_views, coalesce(f.weeks, 0),
        f.best_rank, f.top10_hours, f.first_week, f.last_week) order by t.ord), '[]') as answer
      from titles t left join totals f on f.ord = t.ord`,
  )
  const known = new Set(rows.map(([id]) => id))
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length > 0) return notFound(missing)
  const columns = [
    ...[
      'id',
      'title',
      'locale',
      'release_date',
      'half_year_hours_viewed',
      'half_year_views',
      'weeks_in_top10',
    ],
    ...['best_rank', 'top10_hours_viewed', 'first_week', 'last_week'],
  ]
  return { columns, rows }
}

/** A title's weeks in the top 10, oldest first. Over the limit, the newest weeks are kept. */
export async function viewingTrends(postgres: Postgres, input: ViewingTrends): Promise<Trends> {
  const { kind, key } = readId(input.title_id)
  const title = kind === 'movie' ? sql`netflix.movie` : sql`netflix.tv_show`
  const of =
    kind === 'movie'
      ? sql`v.movie_id = ${key}`
      : sql`v.season_id in (select s.id from netflix.season s where s.tv_show_id = ${key})`
  const known = await answer(
    postgres,
    trend.nullable(),
    sql`
      with weeks as (
        select v.id, v.start_date, s.title as season, v.view_rank, v.hours_viewed, v.views, v.cumulative_weeks_in_top10
        from netflix.view_summary v left join netflix.season s on s.id = v.season_id
        where v.duration = 'weekly' and ${of}
          and (${input.from ?? null}::date is null or v.end_date >= ${input.from ?? null}::date)
          and (${input.to ?? null}::date is null or v.start_date <= ${input.to ?? null}::date)
        order by v.start_date desc, v.view_rank, v.id limit ${input.limit + 1}
      )
      select json_build_object('title', t.title, 'rows', coalesce((
        select json_agg(json_build_array(
          start_date, season, view_rank, hours_viewed, views, cumulative_weeks_in_top10)
          order by start_date desc, view_rank, id) from weeks), '[]')) as answer
      from ${title} t where t.id = ${key}`,
  )
  if (known === null) return notFound([input.title_id])
  const columns = ['week', 'season', 'rank', 'hours_viewed', 'views', 'cumulative_weeks_in_top10']
  const { rows, ...rest } = upTo(known.rows, input.limit)
  return { id: input.title_id, title: known.title, columns, rows: rows.toReversed(), ...rest }
}

function movieDetail(key: string): SQL {
  return sql`
    select json_build_object(
      'id', 'movie-' || m.id, 'kind', 'movie', 'title', m.title, 'original_title', m.original_title, 'locale', m.locale,
      'globally_available', m.available_globally, 'release_date', m.release_date,
      'runtime_minutes', m.runtime_minutes, 'seasons', null, ${figures(sql`v.movie_id = m.id`)}) as answer
    from netflix.movie m where m.id = ${key}`
}

function showDetail(key: string): SQL {
  return sql`
    select json_build_object(
      'id', 'show-' || t.id, 'kind', 'show', 'title', t.title, 'original_title', t.original_title, 'locale', t.locale,
      'globally_available', t.available_globally,
      'release_date', (select min(s.release_date) from netflix.season s where s.tv_show_id = t.id),
      'runtime_minutes', (select sum(s.runtime_minutes) from netflix.season s where s.tv_show_id = t.id),
      'seasons', json_build_object(
        'columns', json_build_array('title', 'original_title', 'season_number', 'part_number', 'release_date',
          'runtime_minutes', 'half_year_hours_viewed'),
        'rows', (
          select json_agg(json_build_array(s.title, s.original_title, s.season_number, s.part_number, s.release_date,
              s.runtime_minutes, (select sum(v.hours_viewed) from netflix.view_summary v
                where v.season_id = s.id and v.duration = 'semi_annual'))
            order by s.season_number nulls last, s.part_number nulls first, s.release_date, s.id)
          from netflix.season s where s.tv_show_id = t.id)),
      ${figures(sql`v.season_id in (select s.id from netflix.season s where s.tv_show_id = t.id)`)}) as answer
    from netflix.tv_show t where t.id = ${key}`
}

/** Half years and top 10 of the rows that `condition` selects, as members of a JSON object. */
function figures(condition: SQL): SQL {
  return sql`
    'half_years', json_build_object(
      'columns', json_build_array('from', 'to', 'hours_viewed', 'views'),
      'rows', coalesce((
        select json_agg(json_build_array(h.start_date, h.end_date, h.hours, h.views) order by h.start_date desc, h.end_date desc)
        from (select v.start_date, v.end_date, sum(v.hours_viewed) as hours, sum(v.views) as views
          from netflix.view_summary v where v.duration = 'semi_annual' and ${condition} group by 1, 2) h), '[]')),
    'top10', (
      select case when count(*) > 0 then json_build_object(
        'weeks', count(distinct v.start_date), 'best_rank', min(v.view_rank), 'first_week', min(v.start_date),
        'last_week', max(v.start_date), 'hours_viewed', sum(v.hours_viewed)) end
      from netflix.view_summary v where v.duration = 'weekly' and ${condition})`
}

function periodCondition(period: string): SQL {
  if (period === 'latest') return sql`true`
  if (period === 'latest_week') return sql`v.duration = 'weekly'`
  if (period === 'latest_half_year') return sql`v.duration = 'semi_annual'`
  const half = /^(\d{4})-?H([12])$/.exec(period)
  if (half === null) return sql`v.duration = 'weekly' and ${period}::date between v.start_date and v.end_date`
  const start = `${half[1]}-${half[2] === '1' ? '01' : '07'}-01`
  return sql`v.duration = 'semi_annual' and v.start_date = ${start}::date`
}

async function answer<T>(postgres: Postgres, schema: z.ZodType<T>, statement: SQL): Promise<T> {
  const [{ rows }] = await postgres.read((db) => [db.execute<{ answer: unknown }>(statement)])
  return schema.parse(rows[0]?.answer ?? null)
}

/** The input schema has checked the form. The key stays text; Postgres parses it. */
function readId(id: string): { kind: string; key: string } {
  const [kind = '', key = ''] = id.split('-')
  return { kind, key }
}

function notFound(ids: readonly string[]): never {
  throw new RowgateError('NOT_FOUND', `There is no title ${ids.join(', ')}. \`search_titles\` gives the ids.`)
}
