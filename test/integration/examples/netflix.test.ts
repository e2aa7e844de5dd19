/** The netflix tools through a real client, over the two small reports, on both Postgres servers. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importReport } from '../../../scripts/examples/netflix/workbooks/import.ts'
import { engagement, weekly } from '../../support/fixtures/netflix.ts'
import { writeWorkbook } from '../../support/fixtures/xlsx.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { anyDatabase } from '../../support/servers/databases.ts'

describe.each(anyDatabase)('netflix on $engine', ({ start }) => {
  let rowgate: Rowgate
  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
  })
  afterAll(() => rowgate.close())

  const call = (tool: string, args: Record<string, unknown> = {}) => rowgate.call('ada', tool, args)

  /** The rows as objects, which is how a test reads best. */
  async function rows(tool: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>[]> {
    const { data, error } = await call(tool, args)
    expect(error).toBeUndefined()
    return data.rows.map((row: unknown[]) =>
      Object.fromEntries(data.columns.map((name: string, at: number) => [name, row[at]])),
    )
  }

  async function idOf(title: string): Promise<string> {
    const [first] = await rows('search_titles', { query: title, limit: 1 })
    expect(first?.title).toBe(title)
    return String(first?.id)
  }

  test('an empty catalogue says how to fill it', async () => {
    for (const tool of ['search_titles', 'top_titles']) {
      const { data } = await call(tool, { ...(tool === 'search_titles' && { query: 'x' }) })
      expect(data).toMatchObject({ rows: [], row_count: 0, truncated: false })
      expect(data.note).toContain('npm run import:netflix')
    }
  })

  describe('with reports imported', () => {
    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'rowgate-netflix-'))
      for (const [name, sheets] of Object.entries({ '2024H1': engagement, weekly })) {
        await importReport({
          path: writeWorkbook(join(folder, `${name}.xlsx`), sheets),
          owner: rowgate.database.endpoint.owner,
          onBatch: () => undefined,
          onUnreadable: (row) => {
            throw new Error(row.reason)
          },
        })
      }
      rmSync(folder, { recursive: true })
    })

    test.each([
      ['Bridgerton', 'Bridgerton'],
      ['brigderton', 'Bridgerton'],
      ['societty of the snwo', 'Society of the Snow'],
      ['la sociedad de la nieve', 'Society of the Snow'],
      ['발레리나', 'Ballerina'],
      ['발레', 'Ballerina'],
      ['da', 'Damsel'],
      ['damesl', 'Damsel'],
      ['rein', 'Baby Reindeer'],
      ['STRANGER THINGS', 'Stranger Things'],
    ])('the search forgives: %s finds %s', async (query, title) => {
      expect((await rows('search_titles', { query }))[0]?.title).toBe(title)
    })

    test.each(['%', '_', "' or 1=1 --", '!', '\\', '\u0001'])(
      '%j is nothing but text to search for',
      async (query) => {
        expect(await rows('search_titles', { query })).toEqual([])
      },
    )

    test('one letter is a word, two begin one: neither is looked for inside of words', async () => {
      expect(await rows('search_titles', { query: 'e' })).toEqual([])
      expect(await rows('search_titles', { query: 'am' })).toEqual([])
    })

    test('a search is filtered, limited, and says when there is more', async () => {
      expect(
        (await rows('search_titles', { query: 'monster' })).map(({ release_date }) => release_date).sort(),
      ).toEqual(['2021-05-07', '2024-05-16'])
      expect(await rows('search_titles', { query: 'monster', released_from: '2024-01-01' })).toHaveLength(1)
      expect(await rows('search_titles', { query: 'monster', released_to: '2020-01-01' })).toEqual([])
      expect(await rows('search_titles', { query: 'monster', kind: 'show' })).toEqual([])
      expect(await rows('search_titles', { query: 'berlin', kind: 'show', locale: 'non-en' })).toHaveLength(1)
      expect(await rows('search_titles', { query: 'berlin', locale: 'en' })).toEqual([])
      expect(await rows('search_titles', { query: 'stranger', globally_available: false })).toHaveLength(1)
      const { data } = await call('search_titles', { query: 'monster', limit: 1 })
      expect(data).toMatchObject({ row_count: 1, truncated: true })
    })

    test('a film comes with its figures and its record in the top 10', async () => {
      const { data } = await call('get_title', { title_id: await idOf('Damsel') })
      expect(data).toMatchObject({
        ...{ kind: 'movie', title: 'Damsel', original_title: null, locale: 'en', globally_available: true },
        ...{ release_date: '2024-03-08', runtime_minutes: 110, seasons: null },
        half_years: { rows: [['2024-01-01', '2024-06-30', 263_700_000, 143_800_000]] },
        top10: {
          weeks: 2,
          best_rank: 1,
          first_week: '2024-03-04',
          last_week: '2024-03-11',
          hours_viewed: 128_800_000,
        },
      })
    })

    test('a show comes with its seasons in order', async () => {
      const { data } = await call('get_title', { title_id: await idOf('Bridgerton') })
      expect(data.seasons.rows.map((row: unknown[]) => row[0])).toEqual([
        'Bridgerton: Season 1',
        'Bridgerton: Season 3',
      ])
      expect(data).toMatchObject({ kind: 'show', release_date: '2020-12-25', runtime_minutes: 971 })
      expect(data.half_years.rows).toEqual([['2024-01-01', '2024-06-30', 1_034_500_000, 128_600_000]])
    })

    test('the top of the latest week, of a day, of a half year', async () => {
      const { data } = await call('top_titles')
      expect(data).toMatchObject({ report: 'week', from: '2024-03-11', to: '2024-03-17' })
      expect(data).toMatchObject({ row_count: 3, truncated: false })
      const titles = async (args: object) => (await rows('top_titles', { ...args })).map(({ title }) => title)
      expect(await titles({})).toEqual(['Damsel', 'Society of the Snow', 'Bridgerton: Season 1'])
      expect(await titles({ period: '2024-03-06', category: 'tv' })).toEqual([
        'Berlin: Season 1',
        'Stranger Things 3',
      ])
      expect(await titles({ period: '2024-03-10', locale: 'non-en' })).toEqual(['Berlin: Season 1'])
      expect(await titles({ period: '2021-07-01' })).toEqual(['Elite: Season 2'])
      expect(await titles({ period: '2024H1', category: 'film', limit: 2 })).toEqual([
        'Damsel',
        'Society of the Snow',
      ])
      expect(await titles({ period: 'latest_half_year', limit: 1 })).toEqual(['Damsel'])
      const none = await call('top_titles', { period: '1999-01-01' })
      expect(none.data).toMatchObject({ from: null, rows: [], note: 'No report of that period is imported.' })
    })

    test('titles are compared in the order that was asked for', async () => {
      const ids = [await idOf('Bridgerton'), await idOf('Damsel'), await idOf('Baby Reindeer')]
      expect(await rows('compare_titles', { title_ids: ids })).toMatchObject([
        { title: 'Bridgerton', half_year_hours_viewed: 1_034_500_000, weeks_in_top10: 1, best_rank: 9 },
        { title: 'Damsel', half_year_views: 143_800_000, weeks_in_top10: 2, top10_hours_viewed: 128_800_000 },
        { title: 'Baby Reindeer', weeks_in_top10: 0, best_rank: null, first_week: null },
      ])
    })

    test('a trend is weekly, oldest first, and keeps the newest when there are too many', async () => {
      const title_id = await idOf('Damsel')
      expect(await rows('viewing_trends', { title_id })).toMatchObject([
        { week: '2024-03-04', season: null, rank: 1, hours_viewed: 64_800_000, cumulative_weeks_in_top10: 1 },
        { week: '2024-03-11', rank: 1, hours_viewed: 64_000_000, cumulative_weeks_in_top10: 2 },
      ])
      const { data } = await call('viewing_trends', { title_id, limit: 1 })
      expect(data).toMatchObject({ title: 'Damsel', row_count: 1, truncated: true })
      expect(data.rows[0][0]).toBe('2024-03-11')
      expect(await rows('viewing_trends', { title_id, to: '2024-03-10' })).toHaveLength(1)
      expect(await rows('viewing_trends', { title_id, from: '2024-03-18' })).toEqual([])
      expect(await rows('viewing_trends', { title_id: await idOf('Berlin') })).toMatchObject([
        { season: 'Berlin: Season 1', rank: 6 },
      ])
    })

    test('what has one week and one rank is in one order, and sums are given to the digit', async () => {
      const { owner } = rowgate.database.endpoint
      // Ids against the order in which the rows are stored.
      await owner(`insert into netflix.tv_show (id, title, match_key) values (900, 'Twins', 'twins')`)
      for (const n of [3, 2, 1]) {
        await owner(
          `insert into netflix.season (id, tv_show_id, title, match_key) values (${900 + n}, 900, 'Twins: ${n}', 'twins ${n}')`,
        )
        await owner(`insert into netflix.view_summary (id, season_id, duration, start_date, end_date, view_rank, hours_viewed, views)
          values (${900 + n}, ${900 + n}, 'weekly', '2024-03-04', '2024-03-10', 5, 3002399751580331, 1)`)
      }
      const title_id = 'show-900'
      const whole = await rows('viewing_trends', { title_id })
      const cut = await rows('viewing_trends', { title_id, limit: 2 })
      const { data } = await call('get_title', { title_id })
      const [compared] = await rows('compare_titles', { title_ids: [title_id, await idOf('Damsel')] })
      await owner('delete from netflix.view_summary where season_id > 900')
      await owner('delete from netflix.season where tv_show_id = 900')
      await owner('delete from netflix.tv_show where id = 900')
      expect(whole.map(({ season }) => season)).toEqual(['Twins: 3', 'Twins: 2', 'Twins: 1'])
      expect(cut.map(({ season }) => season)).toEqual(['Twins: 2', 'Twins: 1'])
      expect(data.top10.hours_viewed).toBe('9007199254740993')
      expect(compared).toMatchObject({ top10_hours_viewed: '9007199254740993' })
    })

    test('an id that nobody has is NOT_FOUND, and named', async () => {
      for (const [tool, args] of [
        ['get_title', { title_id: 'movie-999999999999999' }],
        ['viewing_trends', { title_id: 'show-999' }],
        ['compare_titles', { title_ids: [await idOf('Damsel'), 'show-999'] }],
      ] as const) {
        expect((await call(tool, { ...args })).error, tool).toMatchObject({ code: 'NOT_FOUND' })
      }
    })

    test.each([
      ['search_titles', {}],
      ['search_titles', { query: '  ' }],
      ['search_titles', { query: 'x'.repeat(201) }],
      ['search_titles', { query: 'x', limit: 51 }],
      ['search_titles', { query: 'x', released_from: '2024-02-30' }],
      ['search_titles', { query: 'x', kind: 'game' }],
      ['get_title', { title_id: "movie-1' or true" }],
      ['get_title', { title_id: 'season-1' }],
      ['top_titles', { period: '2024H3' }],
      ['top_titles', { period: 'yesterday' }],
      ['top_titles', { limit: 101 }],
      ['compare_titles', { title_ids: ['movie-1'] }],
      ['compare_titles', { title_ids: ['movie-1', 'movie-1'] }],
      ['compare_titles', { title_ids: [1, 2, 3, 4, 5, 6].map((id) => `movie-${id}`) }],
      ['viewing_trends', { title_id: 'movie-1', limit: 0 }],
    ])('%s refuses %j', async (tool, args) => {
      expect((await call(tool, args)).error?.code).toBe('VALIDATION_ERROR')
    })

    test('every tool is one round trip', async () => {
      const title_id = await idOf('Damsel')
      for (const [tool, args] of [
        ['search_titles', { query: 'damsel' }],
        ['get_title', { title_id }],
        ['top_titles', {}],
        ['compare_titles', { title_ids: [title_id, await idOf('Berlin')] }],
        ['viewing_trends', { title_id }],
      ] as const) {
        const before = rowgate.database.endpoint.requests()
        expect((await call(tool, { ...args })).error, tool).toBeUndefined()
        expect(rowgate.database.endpoint.requests() - before, tool).toBe(1)
      }
    })

    test('without the scope the tools are not there', async () => {
      const client = await rowgate.client('ada', { scopes: ['tasks:read'] })
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).not.toContain('search_titles')
      await client.close()
    })

    test('without a verified identity there is nothing, by the tables or by the search', async () => {
      for (const query of [
        'select id from netflix.movie',
        'select id from netflix.tv_show',
        'select id from netflix.season',
        'select id from netflix.view_summary',
        "select id from netflix.search_titles('damsel', null, null, null, null, null, 9)",
      ]) {
        expect(await rowgate.database.transaction([[query]]), query).toEqual([])
      }
    })

    test('a caller writes nothing, and the search keeps its settings to itself', async () => {
      for (const query of [
        "update netflix.movie set title = 'mine'",
        'delete from netflix.view_summary',
        "insert into netflix.tv_show (id, title, match_key) values (99, 'mine', 'mine')",
      ]) {
        expect(await rowgate.database.transaction([[query]]), query).toBe('42501')
      }
    })
  })
})
