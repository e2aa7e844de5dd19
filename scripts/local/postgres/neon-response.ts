/** Converts a result to the response of Neon's HTTP protocol. */

import type { Result } from './backend.ts'
import type { QueryRequest } from './request.ts'

type Shape = Pick<QueryRequest, 'rawText' | 'arrayMode'>

export function writeResult(result: Result, { rawText, arrayMode }: Shape) {
  const readers = result.fields.map(({ dataTypeID }) => (rawText ? asText : reader(dataTypeID)))
  const rows = result.rows.map((row) =>
    row.map((text, index) => (text === null ? null : (readers[index] ?? asText)(text))),
  )
  return {
    fields: result.fields,
    rows: arrayMode ? rows : rows.map((row) => asObject(result, row)),
    command: result.command,
    rowCount: result.rowCount,
    rowAsArray: arrayMode,
  }
}

function asObject(result: Result, row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(result.fields.map(({ name }, index) => [name, row[index]]))
}

const asText = (text: string): unknown => text

/** Types with a JSON form of their own. Other values stay text as Postgres prints them. */
function reader(dataTypeID: number): (text: string) => unknown {
  switch (dataTypeID) {
    case 16: // bool
      return (text) => text === 't'
    case 21: // int2
    case 23: // int4
    case 26: // oid
    case 700: // float4
    case 701: // float8
      return (text) => (Number.isFinite(Number(text)) ? Number(text) : text)
    case 114: // json
    case 3802: // jsonb
      return (text) => JSON.parse(text) as unknown
    default:
      return asText
  }
}
