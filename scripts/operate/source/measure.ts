/**
 * Measures for a plan: rows seen, the cost of the newest 20, and reasons against serving them. By SELECT
 * alone.
 */

import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import type { Pooler } from '../../local/postgres/pooler.ts'
import type { Catalogue } from './catalogue.ts'
import { callersOf, userTypeOf, valuesOf } from './measure/callers.ts'
import { COUNT_MAX, type Measurable, measureRows, type RowsSeen } from './measure/rows-seen.ts'
import { warningsOf } from './measure/warnings.ts'
import { reading } from './reading.ts'
import { type Finding, Findings } from './views/findings.ts'
import { rowRule } from './views/rows.ts'
import { type ServedTable, wholeColumns } from './views/tables.ts'

/** Of one count or one look at the newest 20. */
const STATEMENT_LIMIT_MS = 2_000

export interface Measuring {
  readonly file: SourceFile
  readonly catalogue: Catalogue
  readonly tables: readonly ServedTable[]
  /** The pooler in front of the database; undefined where it is not reached by TCP. */
  readonly pooler: Pooler | undefined
}

export interface Measured {
  /** Headings: real tenants or users, an unknown one, nobody. */
  readonly callers: readonly string[]
  readonly rows: readonly RowsSeen[]
  readonly warnings: readonly Finding[]
}

export async function measureSource(connected: Owner, measuring: Measuring): Promise<Measured> {
  const { file, catalogue, tables, pooler } = measuring
  const owner = reading(connected, STATEMENT_LIMIT_MS)
  const callers = await callersOf(owner, file, catalogue)
  const userType = userTypeOf(file, catalogue)
  const rows = await measureRows(
    owner,
    measurables(measuring),
    callers.map((caller) => ({ caller, values: valuesOf(caller, userType) })),
  )
  const warned = tables.map(({ named, table, enforce, columns, file: entry }) => ({
    ...{ named, table, enforce, divided: entry.rows !== 'all' },
    shown: columns.length,
    whole: [...wholeColumns({ columns })],
  }))
  const leaks = callers.flatMap((caller, at) => (caller.known ? [] : leaksTo(caller.who, at, tables, rows)))
  return {
    callers: callers.map(({ who }) => who),
    rows,
    warnings: [...leaks, ...warningsOf({ file, pooler, tables: warned, seen: rows })],
  }
}

/**
 * The conditions of the views, also for tables under policies: the owner, who measures, is not bound by
 * these.
 */
function measurables({ file, catalogue, tables }: Measuring): Measurable[] {
  const served = tables.map((table) => ({ ...table, enforce: 'views' as const }))
  return served.map((each) => ({
    named: each.named,
    table: each.table,
    conditions: (values) =>
      rowRule(each, { file, catalogue, served, findings: new Findings(), values }, 't').conditions,
    newest: each.file.order?.replace(/^-/, '') ?? each.table.key[0],
  }))
}

/** A caller that does not exist should see nothing but what is everybody's. */
function leaksTo(
  who: string,
  at: number,
  tables: readonly ServedTable[],
  rows: readonly RowsSeen[],
): Finding[] {
  return tables.flatMap(({ named, file }) => {
    const seen = rows.find((each) => each.named === named)?.rows[at] ?? 0
    if (file.rows === 'all' || seen === 0) return []
    return [{ table: named, said: `${who} would see ${seen} of its rows: check what its \`rows\` says.` }]
  })
}

/** The table of rows seen, aligned. */
export function measuredLines({ callers, rows }: Measured): string[] {
  if (callers.length === 0 || rows.length === 0) return []
  const cells = [
    ['rows seen by', ...callers],
    ...rows.map(({ named, rows: seen }) => [named, ...seen.map(countText)]),
  ]
  const widths = cells[0]?.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0))) ?? []
  return cells.map((line) =>
    line
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
}

function countText(count: number | undefined): string {
  if (count === undefined) return '?'
  return count >= COUNT_MAX ? `${COUNT_MAX}+` : String(count)
}
