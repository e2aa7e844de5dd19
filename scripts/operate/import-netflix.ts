/** `npm run import:netflix -- FILE.xlsx`: loads one of Netflix's published workbooks. Safe to run again. */

import { parseArgs } from 'node:util'
import { Refusal, runScript } from '../cli/cli-error.ts'
import { DEFAULT_DIRECTORY } from '../local/directory.ts'
import { withLocalOwner, withServerOwner } from '../local/owner.ts'
import type { Owner } from '../local/postgres/migrations.ts'
import { type Imported, importReport, type Unreadable } from './netflix/import.ts'
import { type Period, readHalfYear } from './netflix/period.ts'
import { WorkbookError } from './netflix/workbook.ts'

const USAGE =
  'npm run import:netflix -- FILE.xlsx [--period 2024H1] [--database-url postgres://owner:password@host/database] [--data FOLDER]'
/** A file with more bad rows than this has one fault, not many. */
const UNREADABLE_SHOWN = 50
const REPORTS = { engagement: 'Engagement report', weekly: 'Weekly top 10' }

interface Options {
  readonly path: string
  readonly period: Period | undefined
  readonly databaseUrl: string | undefined
  readonly directory: string
}

function readOptions(): Options {
  const text = { type: 'string' } as const
  const { values, positionals } = parse({ 'database-url': text, data: text, period: text })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new Refusal(`Name one workbook. Usage: ${USAGE}`)
  const period = values.period === undefined ? undefined : readHalfYear(values.period)
  if (values.period !== undefined && period === undefined) {
    throw new Refusal(`--period "${values.period}" is not a half year such as 2024H1.`)
  }
  return { path, period, databaseUrl: values['database-url'], directory: values.data ?? DEFAULT_DIRECTORY }
}

function parse<const T extends Record<string, { type: 'string' }>>(options: T) {
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error} Usage: ${USAGE}`)
  }
}

async function load(owner: Owner, { path, period }: Options): Promise<void> {
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
  if (process.stdout.isTTY) process.stdout.write('\n')
  say(imported, unreadable, (performance.now() - started) / 1000)
}

/** One line that renews itself on a terminal; a line a batch anywhere else. */
function showProgress(rows: number): void {
  const words = `${rows.toLocaleString('en')} rows`
  process.stdout.write(process.stdout.isTTY ? `\r${words}` : `${words}\n`)
}

function say(imported: Imported, unreadable: readonly Unreadable[], seconds: number): void {
  const count = (number: number) => number.toLocaleString('en')
  console.log(
    `${REPORTS[imported.report]}: ${count(imported.rows)} figures in ${seconds.toFixed(1)} s. New: ${count(imported.moviesAdded)} films, ${count(imported.showsAdded)} shows, ${count(imported.seasonsAdded)} seasons.`,
  )
  if (imported.unreadable === 0) return
  console.log(
    imported.unreadable === 1 ? '1 row was left out:' : `${count(imported.unreadable)} rows were left out:`,
  )
  for (const { sheet, row, reason } of unreadable) console.log(`  ${sheet}, row ${row}: ${reason}`)
  if (imported.unreadable > unreadable.length) {
    console.log(`  and ${count(imported.unreadable - unreadable.length)} more`)
  }
}

await runScript(async () => {
  const options = readOptions()
  const work = (owner: Owner) => load(owner, options)
  try {
    const { databaseUrl, directory } = options
    await (databaseUrl === undefined ? withLocalOwner(directory, work) : withServerOwner(databaseUrl, work))
  } catch (error) {
    if (error instanceof WorkbookError) throw new Refusal(error.message)
    if (error instanceof Refusal) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new Refusal(`The import stopped: ${said}. What was written stays; run it again to go on.`)
  }
})
