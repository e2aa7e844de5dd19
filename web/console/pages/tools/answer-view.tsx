/** An answer of a tool: rows as a table, anything else as JSON, or an error in words. */

import type { JSX } from 'preact'
import { type Envelope, ToolFailure } from '../../mcp/client.ts'
import { CopyButton, Problem } from '../../shell/parts.tsx'
import { isRows, RowsTable } from '../../shell/result.tsx'

interface AnswerViewProps {
  readonly envelope: Envelope
  readonly ms: number
  readonly name: string
}

export function AnswerView({ envelope, ms, name }: AnswerViewProps): JSX.Element {
  if (envelope.status === 'error') return <Problem error={new ToolFailure(envelope.error)} />
  const { data } = envelope
  const text = JSON.stringify(data, null, 2)
  return (
    <>
      <p class="answer-line">
        <span>
          {isRows(data) ? `${data.rows.length} ${data.rows.length === 1 ? 'row' : 'rows'}` : 'Answered'} in{' '}
          {Math.round(ms)} ms
        </span>
        <CopyButton text={text} label="Copy JSON" />
      </p>
      {isRows(data) ? <RowsTable value={data} label={`Answer of ${name}`} /> : <pre class="json">{text}</pre>}
    </>
  )
}
