/** The first page of a table's rows. */

import type { JSX } from 'preact'
import { dataOf, type Tool } from '../../mcp/client.ts'
import { useAnswer } from '../../mcp/use-answer.ts'
import { Empty, Problem, Waiting } from '../../shell/parts.tsx'
import { type Rows, RowsTable } from '../../shell/result.tsx'
import { chosen, firstRows, type TableDescription } from './catalogue.ts'

/** Rows of the first page. */
const PAGE_ROWS = 100

interface TableRowsProps {
  readonly tools: readonly Tool[]
  readonly source: string | undefined
  readonly table: TableDescription
}

export function TableRows({ tools, source, table }: TableRowsProps): JSX.Element {
  const rows = useAnswer(`rows of ${source} ${table.name}`, () => readRows({ tools, source, table }))
  if (rows.error !== undefined) return <Problem error={rows.error} again={rows.again} />
  if (rows.value === undefined) return <Waiting what="Reading rows…" />
  if (rows.value.rows.length === 0) {
    return (
      <Empty icon="table" title="No rows">
        <p>The table has none, or none that are yours to see.</p>
      </Empty>
    )
  }
  return <RowsTable value={rows.value} label={`Rows of ${table.name}`} />
}

/** By `find_rows` where it serves the table, since that needs no order; else by `query`. */
async function readRows({ tools, source, table }: TableRowsProps): Promise<Rows> {
  const find = tools.find(({ name }) => name === 'find_rows')
  const served = find?.inputSchema.properties?.table?.enum
  const name = served?.find((each) => each === table.name || each === unspelt(table.name))
  if (find !== undefined && (served === undefined || name !== undefined)) {
    const given = { ...chosen(source), table: name ?? unspelt(table.name), limit: PAGE_ROWS }
    return await dataOf<Rows>('find_rows', given)
  }
  return await dataOf<Rows>('query', { ...chosen(source), sql: firstRows(table), limit: PAGE_ROWS })
}

/** The name without SQL's quotes, as `find_rows` lists it. */
function unspelt(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}
