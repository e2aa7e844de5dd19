/** `rowgate import netflix FILE.xlsx`: imports one of Netflix's published workbooks. Idempotent. */

import { Refusal, UsageError } from '../../cli/cli-error.ts'
import { endProgress, print, printableLine, printProgress } from '../../cli/terminal.ts'
import { withLocalOwner, withServerOwner } from '../../local/owner.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { type Imported, importReport, type Unreadable } from './workbooks/import.ts'
import { type Period, readHalfYear } from './workbooks/period.ts'
import { WorkbookError } from './workbooks/workbook.ts'

/** Rejected rows to print. A file with more has one fault, not many. */
const UNREADABLE_SHOWN = 50
const REPORTS = { engagement: 'Engagement report', weekly: 'Weekly top 10' }

export interface ImportOptions {
  readonly path: string
  /** A half year, such as `2024H1`. */
  readonly period: string | undefined
  /** Import into this database instead of the data folder's. */
  readonly databaseUrl: string | undefined
  readonly directory: string
}

export async function importNetflix(options: ImportOptions): Promise<void> {
  const { path, databaseUrl, directory } = options
  const period = options.period === undefined ? undefined : readHalfYear(options.period)
  if (options.period !== undefined && period === undefined) {
    throw new UsageError(`--period "${options.period}" is not a half year such as 2024H1.`)
  }
  const work = (owner: Owner) => load(owner, path, period)
  try {
    await (databaseUrl === undefined ? withLocalOwner(directory, work) : withServerOwner(databaseUrl, work))
  } catch (error) {
    if (error instanceof WorkbookError) throw new Refusal(error.message)
    if (error instanceof Refusal) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new Refusal(`The import stopped: ${said}. The rows written so far stay; run it again to continue.`)
  }
}

async function load(owner: Owner, path: string, period: Period | undefined): Promise<void> {
  const { rows } = await owner(`select to_regclass('netflix.view_summary') is not null`)
  if (rows[0]?.[0] !== 't')
    throw new Refusal('The database has no netflix tables yet: run `npm run db:migrate` first.')
  const unreadable: Unreadable[] = []
  const started = performance.now()
  const imported = await importReport({
    path,
    owner,
    period,
    onBatch: showProgress,
    onUnreadable: (row) => {
      if (unreadable.length < UNREADABLE_SHOWN) unreadable.push(row)
    },
  })
  endProgress()
  say(imported, unreadable, (performance.now() - started) / 1000)
}

function showProgress(rows: number): void {
  printProgress(`${rows.toLocaleString('en')} rows`)
}

function say(imported: Imported, unreadable: readonly Unreadable[], seconds: number): void {
  const count = (number: number) => number.toLocaleString('en')
  print(
    `${REPORTS[imported.report]}: ${count(imported.rows)} figures in ${seconds.toFixed(1)} s. New: ${count(imported.moviesAdded)} films, ${count(imported.showsAdded)} shows, ${count(imported.seasonsAdded)} seasons.`,
  )
  if (imported.unreadable === 0) return
  print(
    imported.unreadable === 1 ? '1 row was left out:' : `${count(imported.unreadable)} rows were left out:`,
  )
  for (const { sheet, row, reason } of unreadable)
    print(`  ${printableLine(`${sheet}, row ${row}: ${reason}`)}`)
  if (imported.unreadable > unreadable.length) {
    print(`  and ${count(imported.unreadable - unreadable.length)} more`)
  }
}
