/** Compares a source's database, and its part of `rowgate.yaml`, with the last `rowgate up`. Pure. */

import type { ColumnLock, SourceLock, TableLock } from '../../../src/infra/config/lock-file.ts'
import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'
import type { Catalogue, CatalogueTable } from './catalogue.ts'
import { tableLines } from './init/file-text.ts'
import { fileNames } from './init/names.ts'
import type { ProposedTable } from './init/proposal.ts'
import { columnHash } from './views/lock.ts'

export interface DriftItem {
  /** `schema.table`; undefined if it is of the whole source. */
  readonly table?: string
  readonly said: string
  /** Lines of `rowgate.yaml` that would answer it. */
  readonly lines?: readonly string[]
}

export interface Drift {
  /** Changes for which the Worker answers UNAVAILABLE, or refuses to start. */
  readonly broken: readonly DriftItem[]
  /** Additions in the database. They stay closed. */
  readonly fresh: readonly DriftItem[]
}

export interface Drifting {
  readonly file: SourceFile
  readonly fileHash: string
  /** Undefined before the first `up`. */
  readonly lock: SourceLock | undefined
  readonly catalogue: Catalogue
  /** The proposal of `init` for a table. */
  readonly proposed: readonly ProposedTable[]
}

export function driftOf({ file, fileHash, lock, catalogue, proposed }: Drifting): Drift {
  const fresh = newTables(file, catalogue, proposed)
  if (lock === undefined) {
    return { broken: [{ said: 'it was never made: run `rowgate up`.' }], fresh }
  }
  const changed = {
    said: 'rowgate.yaml, or a file of its SQL tools, has changed since the last `rowgate up`: run it.',
  }
  return {
    broken: [
      ...(lock.fileHash === fileHash ? [] : [changed]),
      ...lock.tables.flatMap((table) => brokenIn(table, catalogue)),
    ],
    fresh: [...lock.tables.flatMap((table) => freshIn(table, { file, catalogue, proposed })), ...fresh],
  }
}

function brokenIn(locked: TableLock, { tables }: Catalogue): DriftItem[] {
  const table = tables.find(({ schema, name }) => `${schema}.${name}` === locked.table)
  if (table === undefined) {
    return [{ table: locked.table, said: `it is gone, and the view ${locked.name} with it.` }]
  }
  return locked.columns.flatMap((column) => {
    const said = changeOf(column, table)
    return said === undefined ? [] : [{ table: locked.table, said }]
  })
}

function changeOf({ name, hash }: ColumnLock, table: CatalogueTable): string | undefined {
  const column = table.columns.find((each) => each.name === name)
  if (column === undefined) return `its column ${name} is gone.`
  if (columnHash(table, column) === hash) return undefined
  return `its column ${name} has changed, and is now ${column.type}${column.notNull ? ' not null' : ''}.`
}

function freshIn(
  locked: TableLock,
  { file, catalogue, proposed }: Pick<Drifting, 'file' | 'catalogue' | 'proposed'>,
): DriftItem[] {
  const table = catalogue.tables.find(({ schema, name }) => `${schema}.${name}` === locked.table)
  if (table === undefined) return []
  const served = new Set(locked.columns.map(({ name }) => name))
  const named = new Set(columnsNamed(file, table, catalogue))
  const columns = proposed.find((each) => each.table === table)?.columns ?? []
  const closed = columns.filter(({ name }) => !served.has(name) && !named.has(name))
  return [
    ...closed.map(({ name, shown, why }) => ({
      table: locked.table,
      said: `its column ${name} is not in the file, so it is closed.`,
      lines: [
        `${name}: ${typeof shown === 'string' ? shown : 'hide'}${why === undefined ? '' : ` # ${why}`}`,
      ],
    })),
    ...locked.columns.flatMap((column) => newValues(column, table)),
  ]
}

/** A new label breaks nothing; only its description is missing. */
function newValues({ name, values }: ColumnLock, table: CatalogueTable): DriftItem[] {
  const now = table.columns.find((column) => column.name === name)?.values ?? []
  const added = values === undefined ? [] : now.filter((value) => !values.includes(value))
  if (added.length === 0) return []
  return [
    {
      table: `${table.schema}.${table.name}`,
      said: `its column ${name} has the new value ${added.join(', ')}: \`rowgate up\` describes it to agents.`,
    },
  ]
}

function columnsNamed(file: SourceFile, table: CatalogueTable, { tables }: Catalogue): string[] {
  const name = fileNames(tables).get(table) ?? table.name
  const entry = file.tables?.[name] ?? file.tables?.[`${table.schema}.${table.name}`]
  return entry === undefined || entry === 'deny' ? [] : Object.keys(entry.columns ?? {})
}

function newTables(file: SourceFile, { tables }: Catalogue, proposed: readonly ProposedTable[]): DriftItem[] {
  const names = fileNames(tables)
  return tables.flatMap((table) => {
    const full = `${table.schema}.${table.name}`
    const known = [names.get(table), table.name, full].some((name) => file.tables?.[name ?? ''] !== undefined)
    const proposal = proposed.find((each) => each.table === table)
    if (known || proposal === undefined) return []
    const lines =
      proposal.rows === undefined ? [`${proposal.name}: deny # ${proposal.why}`] : tableLines(proposal)
    return [{ table: full, said: 'it is not in the file, so it is closed.', lines }]
  })
}
