/**
 * Rows in the text format of PostgreSQL's COPY, for text blocks: fewer tokens than JSON
 * (docs/performance.md), every value in full. NULL is `\N`; backslash, tab and line breaks are escaped.
 */

interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  readonly truncated: boolean
  readonly next_cursor?: string | undefined
  readonly notice?: string | undefined
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A header line and a line per row. After COPY's end marker `\.` follow the fields that are not rows. */
export function tsvOf({ columns, rows, truncated, next_cursor: cursor, notice }: Table): string {
  const lines = [columns, ...rows].map((values) => values.map(cellOf).join('\t'))
  const notes = [
    ...(rows.length === 0 ? ['row_count: 0'] : []),
    ...(truncated ? ['truncated: true'] : []),
    ...(cursor === undefined ? [] : [`next_cursor: ${cursor}`]),
    ...(notice === undefined ? [] : [`notice: ${notice}`]),
  ]
  return [...lines, ...(notes.length > 0 ? ['\\.', ...notes] : [])].join('\n')
}

function cellOf(value: unknown): string {
  if (value === null) return '\\N'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character)
}
