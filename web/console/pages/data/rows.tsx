/** A table's rows, a page at a time. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { type Table, tableOf, withPage } from '../../../parts/answer.ts'
import { ResultView } from '../../../parts/result-view.tsx'
import { dataOf, type Tool } from '../../mcp/client.ts'
import { useAnswer } from '../../mcp/use-answer.ts'
import { Empty, Problem, Waiting } from '../../shell/parts.tsx'
import { chosen, firstRows, type TableDescription } from './catalogue.ts'

/** Rows of a page. */
const PAGE_ROWS = 100

interface TableRowsProps {
  readonly tools: readonly Tool[]
  readonly source: string | undefined
  readonly table: TableDescription
}

export function TableRows(props: TableRowsProps): JSX.Element {
  const { source, table } = props
  const first = useAnswer(`rows of ${source} ${table.name}`, () => readRows(props))
  const [later, setLater] = useState<Table>()
  const [error, setError] = useState<unknown>()
  if (first.error !== undefined) return <Problem error={first.error} again={first.again} />
  if (first.value === undefined) return <Waiting what="Reading rows…" />
  const shown = later ?? first.value
  if (shown.rows.length === 0) {
    return (
      <Empty icon="table" title="No rows">
        <p>The table has none, or none that are yours to see.</p>
      </Empty>
    )
  }
  const more = async () => {
    setError(undefined)
    await readRows(props, shown.nextCursor).then((page) => setLater(withPage(shown, page)), setError)
  }
  return (
    <>
      <ResultView
        label={table.name}
        table={shown}
        onMore={shown.nextCursor === undefined ? undefined : more}
      />
      {error !== undefined && <Problem error={error} />}
    </>
  )
}

/** By `find_rows` where it serves the table, since that needs no order; else by `query`. */
async function readRows({ tools, source, table }: TableRowsProps, cursor?: string): Promise<Table> {
  const find = tools.find(({ name }) => name === 'find_rows')
  const served = find?.inputSchema.properties?.table?.enum
  const name = served?.find((each) => each === table.name || each === unspelt(table.name))
  const page = { ...chosen(source), limit: PAGE_ROWS, ...(cursor !== undefined && { cursor }) }
  const data =
    find !== undefined && (served === undefined || name !== undefined)
      ? await dataOf('find_rows', { ...page, table: name ?? unspelt(table.name) })
      : await dataOf('query', { ...page, sql: firstRows(table) })
  const rows = tableOf(data)
  if (rows === undefined) throw new Error('The server answered something other than rows.')
  return rows
}

/** The name without SQL's quotes, as `find_rows` lists it. */
function unspelt(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}
