/** Whether an application's view may be served: it shows whatever its owner may read. */

import type { CatalogueTable } from '../catalogue.ts'
import { isWhole } from './masks.ts'
import { spoken } from './names.ts'
import { type ServedTable, type TableSearch, wholeColumns } from './tables.ts'

interface Around extends Pick<TableSearch, 'catalogue' | 'findings' | 'file' | 'defaultShown'> {
  readonly served: readonly ServedTable[]
}

export function judgeView(view: ServedTable, around: Around): void {
  const { named, table, file } = view
  const { findings } = around
  if (table.securityInvoker) {
    findings.refuse(
      named,
      'it is a view with `security_invoker`, which would read its tables with rights that the reader does not have.',
      'deny',
    )
  }
  if (table.definerFunctions.length > 0) {
    findings.refuse(
      named,
      `it calls ${spoken(table.definerFunctions)}, which run with their owners' rights and may show anything.`,
      'deny',
    )
  }
  const read = tablesRead(table, around.catalogue.tables)
  const hidden = hiddenColumns(read, table, around)
  if (hidden.length > 0 && file.columns === undefined) {
    findings.refuse(
      named,
      `it reads ${spoken(hidden.map(({ of, name }) => `${of}.${name}`))}, which callers do not see whole: say which of its columns are shown.`,
      `columns: { ${table.columns.map(({ name }) => `${name}: ${hidden.some((each) => each.name === name) ? 'hide' : 'show'}`).join(', ')} }`,
    )
  }
  const shown = wholeColumns(view)
  for (const { of, name } of hidden.filter((each) => file.columns !== undefined && shown.has(each.name))) {
    findings.refuse(
      named,
      `it would show \`${of}.${name}\`, which callers do not see whole in its table.`,
      `${name}: hide`,
    )
  }
  const closed = file.rows === 'all' ? read.find((each) => hasOwnRows(each, around)) : undefined
  if (closed !== undefined) {
    findings.refuse(
      named,
      `its rows would be everybody's, and it reads ${closed.schema}.${closed.name}, whose rows are not.`,
      'rows: tenant',
    )
  }
}

/** Also through other views. */
function tablesRead(view: CatalogueTable, tables: readonly CatalogueTable[]): CatalogueTable[] {
  const found = new Set<CatalogueTable>()
  const visit = (name: string): void => {
    const table = tables.find((each) => `${each.schema}.${each.name}` === name)
    if (table === undefined || found.has(table)) return
    found.add(table)
    table.reads.forEach(visit)
  }
  view.reads.forEach(visit)
  return [...found]
}

/**
 * Columns that it reads and callers do not see whole: by the file, or, where the file does not name them,
 * because they look private.
 */
function hiddenColumns(
  read: readonly CatalogueTable[],
  view: CatalogueTable,
  { served, file, defaultShown }: Around,
): { of: string; name: string }[] {
  const readColumns = new Set([view, ...read].flatMap(({ readsColumns }) => readsColumns))
  return read.flatMap((table) => {
    const own = served.find((each) => each.table === table)
    const of = `${table.schema}.${table.name}`
    const hidden = table.columns.filter((column) => {
      if (!readColumns.has(`${of}.${column.name}`) || column.name === file.identity?.tenant?.column)
        return false
      const named = own?.columns.find((each) => each.column === column)
      if (named !== undefined) return !isWhole(named)
      return own?.file.columns?.[column.name] === 'hide' || defaultShown(column, table) !== 'show'
    })
    return hidden.map(({ name }) => ({ of, name }))
  })
}

function hasOwnRows(table: CatalogueTable, { served, file }: Around): boolean {
  const own = served.find((each) => each.table === table)
  if (own !== undefined) return own.file.rows !== 'all'
  const column = file.identity?.tenant?.column
  return column !== undefined && table.columns.some(({ name }) => name === column)
}
