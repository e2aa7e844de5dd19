/** Imports a workbook in batches. Memory holds one batch, and where each title was seen. */

import type { Owner } from '../../../local/postgres/backend.ts'
import { type Period, readHalfYear } from './period.ts'
import { keysOf, type PlacedRow, planBatch, type Seen } from './plan.ts'
import {
  HEADER_WITHIN_ROWS,
  type Header,
  kindOfSheet,
  RowError,
  type RowReader,
  readHeader,
  rowReader,
} from './report.ts'
import { readCatalogue, tidyUp, writePlan } from './store.ts'
import { type Sheet, WorkbookError, withWorkbook } from './workbook.ts'

/**
 * Large enough that a hosted database's latency matters little; small enough for memory and for progress
 * output.
 */
const BATCH_ROWS = 1_000
const OTHER_NAME = 'the sheet is named neither Film nor TV, so no row of it was read'

export interface Unreadable {
  readonly sheet: string
  readonly row: number
  readonly reason: string
}

export interface WorkbookOptions {
  readonly path: string
  readonly owner: Owner
  /** The half year of an engagement report, if the file's name does not contain it. */
  readonly period?: Period | undefined
  onBatch(rowsDone: number): void
  onUnreadable(row: Unreadable): void
}

export interface Imported {
  readonly report: Header['kind']
  readonly rows: number
  readonly unreadable: number
  readonly moviesAdded: number
  readonly showsAdded: number
  readonly seasonsAdded: number
}

/**
 * Throws `WorkbookError` for a file that is no report. Batches before a fault stay, and a second run finds
 * them.
 */
export function importReport(options: WorkbookOptions): Promise<Imported> {
  return withWorkbook(options.path, async (sheets) => {
    const seen: Seen = new Map()
    const totals = { rows: 0, unreadable: 0, moviesAdded: 0, showsAdded: 0, seasonsAdded: 0 }
    let report: Header['kind'] | undefined

    const refuse = (row: Unreadable) => {
      totals.unreadable += 1
      options.onUnreadable(row)
    }
    const write = async (sheet: string, batch: readonly NumberedRow[]) => {
      const plan = planBatch(batch, await readCatalogue(options.owner, keysOf(batch)), seen)
      await writePlan(options.owner, plan)
      for (const { at, of } of plan.repeated)
        refuse({ sheet, row: batch[at]?.number ?? 0, reason: `it repeats ${of}` })
      totals.rows += plan.summaries.length
      totals.moviesAdded += plan.movies.added.length
      totals.showsAdded += plan.shows.added.length
      totals.seasonsAdded += plan.seasons.added.length
      options.onBatch(totals.rows + totals.unreadable)
    }

    for (const sheet of sheets) {
      let batch: NumberedRow[] = []
      for await (const item of readSheet(sheet, options, refuse)) {
        report ??= item.report
        batch.push(item)
        if (batch.length < BATCH_ROWS) continue
        await write(sheet.name, batch)
        batch = []
      }
      if (batch.length > 0) await write(sheet.name, batch)
    }
    if (report === undefined) throw noReport(options.path)
    await tidyUp(options.owner)
    return { report, ...totals }
  })
}

interface NumberedRow extends PlacedRow {
  readonly number: number
  readonly report: Header['kind']
}

/** The sheet's rows below its header; none without a header. */
async function* readSheet(
  sheet: Sheet,
  options: WorkbookOptions,
  refuse: (row: Unreadable) => void,
): AsyncGenerator<NumberedRow> {
  let header: Header | undefined
  let read: RowReader | undefined
  let period = options.period ?? readHalfYear(fileName(options.path))
  for await (const { number, cells } of sheet.rows()) {
    if (header === undefined) {
      if (number > HEADER_WITHIN_ROWS) return
      period ??= cells.map((cell) => readHalfYear(String(cell ?? ''))).find((found) => found !== undefined)
      header = readHeader({ number, cells })
      if (header === undefined) continue
      read = readerFor(header, sheet.name, period, options.path)
      if (read === undefined) refuse({ sheet: sheet.name, row: number, reason: OTHER_NAME })
      continue
    }
    if (read === undefined) return
    if (cells.every((cell) => cell === null || cell === '')) continue
    try {
      yield { row: read(cells), number, report: header.kind, place: `row ${number} of "${sheet.name}"` }
    } catch (error) {
      if (!(error instanceof RowError)) throw error
      refuse({ sheet: sheet.name, row: number, reason: error.message })
    }
  }
}

function readerFor(
  header: Header,
  sheet: string,
  period: Period | undefined,
  path: string,
): RowReader | undefined {
  if (header.kind === 'engagement' && kindOfSheet(sheet) !== undefined && period === undefined) {
    throw new WorkbookError(
      `${path} does not contain its half year: give it with --period, such as --period 2024H1.`,
    )
  }
  return rowReader(header, sheet, period)
}

function noReport(path: string): WorkbookError {
  return new WorkbookError(
    `${path} is neither an engagement report (sheets Film and TV with the columns Title and Hours Viewed) nor a weekly top 10.`,
  )
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path
}
