/** Finds the file's tables and columns in the catalogue. */

import type { ShownAs, SourceFile, TableFile } from '../../../../src/infra/config/rowgate-file.ts'
import { nearest } from '../../../build/rowgate-file/suggest.ts'
import type { Catalogue, CatalogueColumn, CatalogueTable } from '../catalogue.ts'
import type { Findings } from './findings.ts'
import { isWhole, maskFault, type ShownColumn } from './masks.ts'
import { NAME_MAX_BYTES, spoken, viewNames } from './names.ts'

/** A table that the file serves. */
export interface ServedTable {
  /** The view's name. */
  readonly view: string
  /** As the file names it. */
  readonly named: string
  readonly file: TableFile
  readonly table: CatalogueTable
  readonly enforce: 'views' | 'policies'
  readonly columns: readonly ShownColumn[]
  /** Columns of the table that the view does not have. */
  readonly leftOut: readonly string[]
}

/** Default for columns that the file does not name. */
export type DefaultShown = (column: CatalogueColumn, table: CatalogueTable) => ShownAs

export interface TableSearch {
  readonly file: SourceFile
  readonly catalogue: Catalogue
  readonly findings: Findings
  readonly defaultShown: DefaultShown
  /** The columns that a view has had so far, by `schema.table`; undefined if there was none. */
  knownColumns(table: CatalogueTable): ReadonlySet<string> | undefined
}

export function servedTables(work: TableSearch): ServedTable[] {
  const { file, catalogue, findings } = work
  const found = Object.entries(file.tables ?? {}).flatMap(([named, entry]) => {
    const table = findTable(named, catalogue.tables, findings)
    return table === undefined || entry === 'deny' ? [] : [{ named, file: entry, table }]
  })
  const names = viewNames(found.map(({ table }) => table))
  const taken = new Map<string, string>()
  return found.map(({ named, file: entry, table }) => {
    const view = names.get(table) ?? table.name
    const other = taken.get(view)
    if (other !== undefined) {
      findings.refuse(
        named,
        `its view would have the name of that of \`${other}\`, \`${view}\`: leave one of the two out.`,
      )
    }
    taken.set(view, named)
    if (Buffer.byteLength(view) > NAME_MAX_BYTES) {
      findings.refuse(
        named,
        `its view's name, \`${view}\`, would be longer than ${NAME_MAX_BYTES} bytes: leave it out.`,
      )
    }
    const columns = shownColumns({ named, entry, table }, work)
    const shown = new Set(columns.map(({ column }) => column.name))
    return {
      ...{ view, named, file: entry, table, columns },
      enforce: enforceOf({ named, entry, table }, work),
      leftOut: table.columns.map(({ name }) => name).filter((name) => !shown.has(name)),
    }
  })
}

interface Named {
  readonly named: string
  readonly entry: TableFile
  readonly table: CatalogueTable
}

export function findTable(
  named: string,
  tables: readonly CatalogueTable[],
  findings: Findings,
): CatalogueTable | undefined {
  const [exact, another] = tablesCalled(named, tables)
  if (another !== undefined) {
    findings.refuse(named, `several schemas have a table of this name: write \`SCHEMA.${named}\`.`)
  }
  if (exact === undefined) {
    const known = tables.map(({ schema, name }) => `${schema}.${name}`)
    const close = nearest(named.includes('.') ? named : `${tables[0]?.schema ?? 'public'}.${named}`, known)
    findings.refuse(named, `the named schemas have no such table or view: ${close}.`)
  }
  return exact
}

/** `TABLE`, or `SCHEMA.TABLE`; either name may have a dot in it. */
export function tablesCalled(named: string, tables: readonly CatalogueTable[]): CatalogueTable[] {
  const plain = tables.filter(({ name }) => name === named)
  return plain.length > 0 ? plain : tables.filter(({ schema, name }) => `${schema}.${name}` === named)
}

function enforceOf({ named, entry, table }: Named, { file, findings }: TableSearch): 'views' | 'policies' {
  const wanted = entry.enforce ?? file.enforce ?? 'views'
  if (wanted === 'views' || table.kind === 'table' || table.kind === 'partitioned table') return wanted
  if (entry.enforce === 'policies') {
    findings.refuse(named, `a ${table.kind} cannot have policies.`, 'enforce: views')
  }
  return 'views'
}

function shownColumns({ named, entry, table }: Named, work: TableSearch): ShownColumn[] {
  const { findings } = work
  const wanted = entry.columns ?? defaultColumns(named, table, work)
  for (const name of Object.keys(wanted)) {
    const names = table.columns.map((column) => column.name)
    if (!names.includes(name))
      findings.refuse(named, `it has no column \`${name}\`: ${nearest(name, names)}.`)
  }
  const columns = table.columns.flatMap((column) => {
    const shown = Object.hasOwn(wanted, column.name) ? wanted[column.name] : undefined
    if (shown === undefined || shown === 'hide') return []
    const fault = shown === 'show' || typeof shown === 'object' ? undefined : maskFault(column, shown)
    if (fault !== undefined) {
      findings.refuse(
        named,
        `\`${column.name}\` is ${column.type}, but \`${String(shown)}\` ${fault}.`,
        `${column.name}: hide`,
      )
    }
    return [{ column, shown }]
  })
  if (columns.length === 0) {
    findings.refuse(named, 'none of its columns would be shown: name some under `columns`, or write `deny`.')
  }
  return columns
}

/** Those that are harmless. One that is new since the last `up` is left out until a person names it. */
function defaultColumns(
  named: string,
  table: CatalogueTable,
  { defaultShown, findings, knownColumns }: TableSearch,
): Record<string, ShownAs> {
  const known = knownColumns(table)
  const proposed = table.columns.map((column) => [column.name, defaultShown(column, table)] as const)
  const fresh = proposed.filter(
    ([name, shown]) => shown !== 'hide' && known !== undefined && !known.has(name),
  )
  if (fresh.length > 0) {
    findings.warn(
      named,
      `${spoken(fresh.map(([name]) => name))} came since the last \`up\`, and are not shown until \`columns\` names what is.`,
      `columns: { ${proposed.map(([name, shown]) => `${name}: ${lineOf(shown)}`).join(', ')} }`,
    )
  }
  return Object.fromEntries(proposed.filter(([name]) => known === undefined || known.has(name)))
}

function lineOf(shown: ShownAs): string {
  return typeof shown === 'string' ? shown : `{ scope: ${shown.scope} }`
}

/** The names of the columns that are shown as they are. */
export function wholeColumns({ columns }: Pick<ServedTable, 'columns'>): Set<string> {
  return new Set(columns.filter(isWhole).map(({ column }) => column.name))
}
