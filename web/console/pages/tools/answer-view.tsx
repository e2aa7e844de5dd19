/** An answer of a tool: rows as a grid or a chart, anything else as a tree, or an error in words. */

import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { type Json, type Table, tableOf, withPage } from '../../../parts/answer.ts'
import { JsonTree } from '../../../parts/json-tree.tsx'
import { ResultView } from '../../../parts/result-view.tsx'
import { dataOf, type Envelope, ToolFailure } from '../../mcp/client.ts'
import { CopyButton, Problem } from '../../shell/parts.tsx'

interface AnswerViewProps {
  readonly name: string
  /** The arguments that it answers. */
  readonly given: Readonly<Record<string, unknown>>
  readonly envelope: Envelope
  readonly ms: number
}

export function AnswerView({ name, given, envelope, ms }: AnswerViewProps): JSX.Element {
  const data = envelope.status === 'error' ? undefined : envelope.data
  const table = useMemo(() => tableOf(data), [data])
  if (envelope.status === 'error') return <Problem error={new ToolFailure(envelope.error)} />
  return (
    <>
      <p class="answer-line">
        <span role="status">Answered in {Math.round(ms)} ms</span>
        <CopyButton text={JSON.stringify(data, null, 2)} label="Copy JSON" />
      </p>
      {table === undefined ? (
        // An answer comes as JSON.
        <JsonTree value={data as Json} label={`Answer of ${name}`} />
      ) : (
        <Rows name={name} given={given} first={table} />
      )}
    </>
  )
}

interface RowsProps extends Pick<AnswerViewProps, 'name' | 'given'> {
  readonly first: Table
}

/** Rows, and those of the pages after them that are asked for. */
function Rows({ name, given, first }: RowsProps): JSX.Element {
  const [table, setTable] = useState(first)
  const [error, setError] = useState<unknown>()
  const more = async () => {
    setError(undefined)
    try {
      const page = tableOf(await dataOf(name, { ...given, cursor: table.nextCursor }))
      if (page !== undefined) setTable(withPage(table, page))
    } catch (reason) {
      setError(reason)
    }
  }
  return (
    <>
      <ResultView label={name} table={table} onMore={table.nextCursor === undefined ? undefined : more} />
      {error !== undefined && <Problem error={error} />}
    </>
  )
}
