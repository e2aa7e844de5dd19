/** Importing workbooks: into the embedded Postgres, and into a server whose owner is no superuser. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importReport, type Unreadable } from '../../../scripts/examples/netflix/workbooks/import.ts'
import { readHalfYear } from '../../../scripts/examples/netflix/workbooks/period.ts'
import { WorkbookError } from '../../../scripts/examples/netflix/workbooks/workbook.ts'
import { engagement, weekly } from '../../support/fixtures/netflix.ts'
import { type CellValue, writeWorkbook } from '../../support/fixtures/xlsx.ts'
import { anyDatabase, type TestDatabase } from '../../support/servers/databases.ts'

type Sheets = Record<string, readonly (readonly CellValue[])[]>

describe.each(anyDatabase)('a Netflix workbook on $engine', ({ start }) => {
  let database: TestDatabase
  let folder: string
  let files = 0
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rowgate-import-'))
    database = await start()
  })
  afterAll(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  async function load(sheets: Sheets, name = 'report-2024H1.xlsx') {
    files += 1
    const path = writeWorkbook(join(folder, `${files}-${name}`), sheets)
    const unreadable: Unreadable[] = []
    const progress: number[] = []
    const imported = await importReport({
      path,
      owner: database.endpoint.owner,
      onBatch: (rows) => progress.push(rows),
      onUnreadable: (row) => unreadable.push(row),
    })
    return { imported, unreadable, progress }
  }

  async function select(sql: string): Promise<(string | null)[][]> {
    const { rows } = await database.endpoint.owner(sql)
    return rows.map((row) => [...row])
  }

  /** Every row of every table with the transaction that last wrote it. */
  const versions = () =>
    select(`
      select 'movie', id, xmin, updated_at::text, m::text from netflix.movie m
      union all select 'show', id, xmin, updated_at::text, t::text from netflix.tv_show t
      union all select 'season', id, xmin, updated_at::text, s::text from netflix.season s
      union all select 'view', id, xmin, updated_at::text, v::text from netflix.view_summary v order by 1, 2`)

  test('fills the four tables: films, shows, their seasons, and what was watched', async () => {
    const { imported, unreadable, progress } = await load(engagement)
    expect(unreadable).toEqual([])
    expect(imported).toEqual({
      ...{ report: 'engagement', rows: 12, unreadable: 0, moviesAdded: 5, showsAdded: 6, seasonsAdded: 7 },
    })
    expect(progress.at(-1)).toBe(12)
    expect(
      await select(`
        select t.title, t.original_title, s.title, s.season_number, v.hours_viewed, v.start_date, v.end_date
        from netflix.view_summary v join netflix.season s on s.id = v.season_id join netflix.tv_show t on t.id = s.tv_show_id
        where t.title in ('Bridgerton', 'Berlin') order by v.hours_viewed desc`),
    ).toEqual([
      ['Bridgerton', null, 'Bridgerton: Season 3', '3', '733800000', '2024-01-01', '2024-06-30'],
      ['Berlin', 'Berlín', 'Berlin: Season 1', '1', '306600000', '2024-01-01', '2024-06-30'],
      ['Bridgerton', null, 'Bridgerton: Season 1', '1', '300700000', '2024-01-01', '2024-06-30'],
    ])
    expect(
      await select(`select original_title, runtime_minutes from netflix.movie where title like 'Society%'`),
    ).toEqual([['La sociedad de la nieve', '144']])
  })

  test('the weekly lists find the titles that are known, and say where a show ends', async () => {
    await load(engagement)
    const { imported } = await load(weekly, 'weekly.xlsx')
    expect(imported).toMatchObject({
      report: 'weekly',
      rows: 8,
      moviesAdded: 1,
      showsAdded: 2,
      seasonsAdded: 1,
    })
    expect(
      await select(`select m.locale, count(*), min(v.start_date), max(v.cumulative_weeks_in_top10)
        from netflix.movie m join netflix.view_summary v on v.movie_id = m.id where m.title = 'Damsel' group by 1`),
    ).toEqual([['en', '3', '2024-01-01', '2']])
    expect(
      await select(`select t.title, s.title, s.season_number from netflix.season s
        join netflix.tv_show t on t.id = s.tv_show_id where s.title = 'Stranger Things 3'`),
    ).toEqual([['Stranger Things', 'Stranger Things 3', '3']])
    expect(await select(`select 1 from netflix.tv_show where title = 'Stranger Things 3'`)).toEqual([])
  })

  test('the same workbooks again change nothing, not even a row version', async () => {
    await load(engagement)
    await load(weekly, 'weekly.xlsx')
    const before = await versions()
    await load(engagement)
    await load(weekly, 'weekly.xlsx')
    expect(await versions()).toEqual(before)
  })

  test('a corrected figure changes that row and no other', async () => {
    await load(engagement)
    const before = await versions()
    const film = engagement.Film?.map((row) => (row[0] === 'Damsel' ? row.with(3, 1_000) : row)) ?? []
    await load({ ...engagement, Film: film })
    const after = await versions()
    const changed = after.filter((row, at) => row.join() !== before[at]?.join())
    expect(changed.map(([table]) => table)).toEqual(['view'])
    expect(
      await select(`select hours_viewed from netflix.view_summary where hours_viewed = 1000`),
    ).toHaveLength(1)
    await load(engagement)
  })

  test('a row that cannot be read is named and the others are imported', async () => {
    const header = engagement.Film?.[1] ?? []
    const { imported, unreadable } = await load({
      Notes: [['Nothing', 'here']],
      Film: [
        header,
        ['A Good One', 'Yes', null, 5, '1:00', 5],
        ['Bad Hours', 'Yes', null, 'lots', '1:00', 5],
        [],
        ["Robert'); drop table netflix.movie; --", 'No', null, 7, '1:00', 7],
        ['A Good One', 'Yes', null, 6, '1:00', 6],
        [null, 'Yes', null, 5, '1:00', 5],
      ],
    })
    expect(imported).toMatchObject({ rows: 2, unreadable: 3, moviesAdded: 2 })
    expect(unreadable).toEqual([
      {
        sheet: 'Film',
        row: 3,
        reason: 'its hours viewed "lots" is not a whole number from 0 to 5000000000000',
      },
      { sheet: 'Film', row: 7, reason: 'it has no title' },
      { sheet: 'Film', row: 6, reason: 'it repeats row 2 of "Film"' },
    ])
    expect(await select(`select title from netflix.movie where title like 'Robert%'`)).toHaveLength(1)
  })

  test('a sheet of figures with another name is named, too', async () => {
    const { Film = [], TV = [] } = engagement
    const { imported, unreadable } = await load({ Filme: Film, TV })
    expect(imported).toMatchObject({ rows: TV.length - 1, unreadable: 1 })
    expect(unreadable).toMatchObject([
      { sheet: 'Filme', reason: 'the sheet is named neither Film nor TV, so no row of it was read' },
    ])
  })

  test('films and shows that share a name stay apart', async () => {
    const [, header = []] = engagement.Film ?? []
    const sheets = {
      Film: [
        header,
        ['Twins', 'Yes', null, 30, '1:25', 3],
        ['Twins', 'Yes', null, 20, '1:39', 2],
        ['Twins // 双子', 'No', null, 10, '1:39', 1],
      ],
      TV: [
        header,
        ['Bebop: Season 1', 'Yes', null, 30, '7:42', 3],
        ['Bebop: Season 1 // ビバップ: シーズン1', 'No', null, 20, '10:40', 2],
        // Two seasons of a series that writes the second with a question mark, and nothing else tells them
        // apart.
        ['Love Is War // 恋～', 'No', null, 20, '4:49', 2],
        ['Love Is War? // 恋?～', 'No', null, 20, '5:13', 2],
      ],
    }
    const { imported } = await load(sheets)
    expect(imported).toMatchObject({ rows: 7, moviesAdded: 3, showsAdded: 4, seasonsAdded: 4 })
    expect((await load(sheets)).imported).toMatchObject({
      rows: 7,
      moviesAdded: 0,
      showsAdded: 0,
      seasonsAdded: 0,
    })
  })

  test('a batch ends nowhere between two titles: 2,500 rows arrive once each', async () => {
    const [, header = []] = engagement.Film ?? []
    const many = Array.from({ length: 2_500 }, (_, at) => [
      `Film number ${at}`,
      'No',
      null,
      at + 1,
      '1:30',
      at,
    ])
    const { imported, progress } = await load({ Film: [header, ...many] }, '2023H2.xlsx')
    expect(imported).toMatchObject({ rows: 2_500, moviesAdded: 2_500 })
    expect(progress).toEqual([1_000, 2_000, 2_500])
    expect(
      await select(
        `select count(*), sum(hours_viewed) from netflix.view_summary where start_date = '2023-07-01'`,
      ),
    ).toEqual([['2500', '3126250']])
  })

  test('a workbook that is no report is refused, and so is a half year that nobody names', async () => {
    await expect(load({ Sheet1: [['a', 'b']] })).rejects.toThrow(WorkbookError)
    await expect(load({ Sheet1: [['a', 'b']] })).rejects.toThrow('neither an engagement report')
    await expect(load(engagement, 'report.xlsx')).rejects.toThrow('give it with --period')
    await expect(load({ Sheet1: engagement.Film ?? [] })).rejects.toThrow('neither an engagement report')
    expect(readHalfYear('2024H1')).toBeDefined()
  })
})
