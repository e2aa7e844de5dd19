/** Input and output schemas of the netflix tools. */

import * as z from 'zod'
import { figure, listOutput, tableOutput } from '../../toolkit/page.ts'

const SEARCH_MAX_TITLES = 50
const TOP_MAX_TITLES = 100
const COMPARE_MAX_TITLES = 5
/** Ten years of weeks for a show with one season in the list. Narrow busier shows by dates. */
const TREND_MAX_ROWS = 520
const QUERY_MAX_CHARACTERS = 200

const titleId = z
  .string()
  .regex(
    /^(?:movie|show)-[1-9]\d{0,14}$/,
    'must be an id such as `movie-12` or `show-7`, as `search_titles` gives',
  )
const day = z.iso.date('must be a date, YYYY-MM-DD')
const locale = z.enum(['en', 'non-en']).describe('Only titles of the English or non-English lists')

export const searchTitlesInput = z.strictObject({
  query: z
    .string()
    .trim()
    .min(1)
    .max(QUERY_MAX_CHARACTERS)
    .describe('A title or part of it, in English or the original language; typing errors are fine'),
  kind: z.enum(['movie', 'show']).optional().describe('Only films, or only shows'),
  locale: locale.optional(),
  released_from: day.optional().describe('Only titles released on this day or later'),
  released_to: day.optional().describe('Only titles released on this day or earlier'),
  globally_available: z
    .boolean()
    .optional()
    .describe('Only titles that are (or are not) available worldwide'),
  limit: z.int().min(1).max(SEARCH_MAX_TITLES).default(10).describe('Titles at most, 1 to 50'),
})

export const titleInput = z.strictObject({
  title_id: titleId.describe('Id from `search_titles`'),
})

export const topTitlesInput = z.strictObject({
  period: z
    .union(
      [z.enum(['latest', 'latest_week', 'latest_half_year']), day, z.string().regex(/^20\d\d-?H[12]$/)],
      {
        error:
          'must be `latest`, `latest_week`, `latest_half_year`, a day such as 2024-03-10 or a half year such as 2024H1',
      },
    )
    .default('latest')
    .describe(
      '`latest_week`, `latest_half_year`, a day of a week (2024-03-10), a half year (2024H1), or `latest`: the newest week, else half year',
    ),
  category: z.enum(['film', 'tv']).optional().describe('Only films, or only seasons of shows'),
  locale: locale.optional(),
  limit: z.int().min(1).max(TOP_MAX_TITLES).default(10).describe('Titles at most, 1 to 100'),
})

export const compareTitlesInput = z.strictObject({
  title_ids: z
    .array(titleId)
    .min(2)
    .max(COMPARE_MAX_TITLES)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a title twice')
    .describe('2 to 5 titles, by ids from `search_titles`'),
})

export const viewingTrendsInput = z.strictObject({
  title_id: titleId.describe('Id from `search_titles`'),
  from: day.optional().describe('Only weeks that end on this day or later'),
  to: day.optional().describe('Only weeks that begin on this day or earlier'),
  limit: z
    .int()
    .min(1)
    .max(TREND_MAX_ROWS)
    .default(104)
    .describe('Rows at most, 1 to 520; the newest are kept'),
})

const note = z.string().optional().describe('Why there is nothing')

export const titlesOutput = listOutput.extend({ note })

export const titleOutput = z.object({
  id: z.string(),
  kind: z.enum(['movie', 'show']),
  title: z.string(),
  original_title: z.string().nullable(),
  locale: z.enum(['en', 'non-en']).nullable(),
  globally_available: z.boolean().nullable(),
  release_date: z.string().nullable().describe("A show: its first season's"),
  runtime_minutes: z.int().nullable().describe('A show: all seasons'),
  seasons: tableOutput.nullable().describe('Shows only'),
  half_years: tableOutput.describe('Newest first'),
  top10: z
    .object({
      weeks: z.int(),
      best_rank: z.int(),
      first_week: z.string(),
      last_week: z.string(),
      hours_viewed: figure,
    })
    .nullable()
    .describe('Of the weekly lists; null if never in one'),
})

export const topTitlesOutput = listOutput.extend({
  report: z.enum(['week', 'half_year']).nullable(),
  from: z.string().nullable().describe('Null without a report'),
  to: z.string().nullable(),
  note,
})

export const trendsOutput = listOutput.extend({ id: z.string(), title: z.string() })

export type SearchTitles = z.output<typeof searchTitlesInput>
export type TopTitles = z.output<typeof topTitlesInput>
export type ViewingTrends = z.output<typeof viewingTrendsInput>
export type Titles = z.output<typeof titlesOutput>
export type Title = z.output<typeof titleOutput>
export type TopList = z.output<typeof topTitlesOutput>
export type Trends = z.output<typeof trendsOutput>
