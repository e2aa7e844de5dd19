/** Reads a tool's result: a table where it has `columns` and `rows`, else a value or an error. */

import { type Kind, kindOf } from './kind.ts'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type Row = readonly Json[]

export interface Column {
  readonly name: string
  /** Postgres' name for it; empty where the answer has none. */
  readonly type: string
  readonly kind: Kind
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly truncated: boolean
  readonly nextCursor: string | undefined
  readonly notice: string | undefined
}

export interface ToolError {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly details: Readonly<Record<string, Json>>
}

export type Answer =
  | { readonly is: 'table'; readonly table: Table }
  | { readonly is: 'value'; readonly value: Json }
  | { readonly is: 'error'; readonly error: ToolError }

/** The parts of MCP's CallToolResult that are read. Another program's: nothing is taken as given. */
export interface ToolResult {
  readonly content?: unknown
  readonly structuredContent?: unknown
  readonly isError?: unknown
}

/** `structuredContent`, or the text block of a client whose revision of MCP has none. */
export function answerOf(result: ToolResult): Answer {
  const text = textOf(result.content)
  const envelope = result.structuredContent ?? parsed(text)
  if (!isRecord(envelope)) return result.isError === true ? errorOf({}, text) : { is: 'value', value: text }
  if (envelope.status === 'error' || result.isError === true) return errorOf(envelope.error, text)
  const data = envelope.status === 'success' && 'data' in envelope ? envelope.data : envelope
  const table = tableOf(data)
  return table === undefined ? { is: 'value', value: data as Json } : { is: 'table', table }
}

/** The table that a value is, if it has columns and rows. A short row is filled with nulls. */
export function tableOf(data: unknown): Table | undefined {
  if (!isRecord(data) || !Array.isArray(data.columns) || !Array.isArray(data.rows)) return undefined
  const names = data.columns.map(String)
  const types = Array.isArray(data.types) ? data.types : []
  const rows = data.rows.filter(Array.isArray).map((row) => filled(row, names.length))
  const columns = names.map((name, at) => {
    const type = typeof types[at] === 'string' ? types[at] : ''
    return { name, type, kind: kindOf(type, rows, at) }
  })
  return {
    columns,
    rows,
    truncated: data.truncated === true,
    nextCursor: typeof data.next_cursor === 'string' ? data.next_cursor : undefined,
    notice: typeof data.notice === 'string' ? data.notice : undefined,
  }
}

/** The pages of one result as one table, which ends as the last page does. */
export function withPage(table: Table, page: Table): Table {
  return { ...page, columns: table.columns, rows: [...table.rows, ...page.rows] }
}

// The values come from JSON, so they are of type Json.
function filled(row: readonly unknown[], length: number): Row {
  const missing = length - row.length
  return (missing > 0 ? [...row, ...Array<null>(missing).fill(null)] : row) as Row
}

function errorOf(error: unknown, text: string): Answer {
  const { code, message, retryable, details } = isRecord(error) ? error : {}
  return {
    is: 'error',
    error: {
      code: typeof code === 'string' ? code : 'ERROR',
      message: typeof message === 'string' ? message : text || 'The tool failed and gave no reason.',
      retryable: retryable === true,
      details: isRecord(details) ? (details as Record<string, Json>) : {},
    },
  }
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return ''
  return content
    .flatMap((block) => (isRecord(block) && typeof block.text === 'string' ? [block.text] : []))
    .join('\n')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
