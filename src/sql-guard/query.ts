/** Running the caller's SQL: judged, wrapped, run in one round trip, and cut to what an answer may hold. */

import type { Postgres, SandboxStatement, TextRows } from '../data/connections.ts'
import { RowgateError } from '../infra/errors.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { blame } from './error-subject.ts'
import { type Accepted, checkQuery, type Extent } from './guard.ts'
import { parse } from './parser/parse.ts'
import type { Access } from './rules/relations.ts'
import type { Query, Rows } from './schema.ts'
import { type Json, typeOf } from './values.ts'
import { LEAD, statementOf, wrap } from './wrap.ts'

/** Bytes of JSON that the rows of one answer may take: some 60,000 tokens, more than any model wants. */
const MAX_ANSWER_BYTES = 262_144

const encoder = new TextEncoder()

type Parameters = Query['parameters']

/** Runs one page of a query that the guard accepts. */
export async function runQuery(postgres: Postgres, input: Query, access: Access): Promise<Rows> {
  const { extent } = await judge(input.sql, input.parameters, access)
  return runAccepted(postgres, input, extent, access)
}

/** What stands behind the guard: one page of a query, with all limits but the guard's. */
export async function runAccepted(
  postgres: Postgres,
  input: Query,
  extent: Extent,
  access: Access,
): Promise<Rows> {
  const offset = await readCursor(input.cursor, input)
  const text = wrap(input.sql, extent, { limit: input.limit, offset })
  try {
    const answer = await postgres.sandbox(sandboxed(text, input.parameters, access))
    const { truncated, ...rest } = page(answer, input.limit)
    const next = truncated && { next_cursor: await writeCursor(offset + rest.row_count, input) }
    return { ...rest, truncated, ...next }
  } catch (error) {
    throw blame(error, statementOf(input.sql, extent), LEAD)
  }
}

/** Lets the guard judge, and turns its refusal into the caller's error. */
export async function judge(sql: string, parameters: Parameters, access: Access): Promise<Accepted> {
  const parsed = await parse(sql)
  if (!parsed.ok) {
    const details = parsed.position === undefined ? {} : { details: { position: parsed.position } }
    throw new RowgateError('QUERY_REJECTED', parsed.reason, details)
  }
  const verdict = checkQuery(parsed.tree, access)
  if (!verdict.ok) {
    throw new RowgateError('QUERY_REJECTED', verdict.reason, { details: { subject: verdict.subject } })
  }
  if (verdict.parameters !== parameters.length) {
    const message = `The query uses ${verdict.parameters} parameters, and \`parameters\` holds ${parameters.length}.`
    throw new RowgateError('VALIDATION_ERROR', message)
  }
  return verdict
}

export function sandboxed(text: string, parameters: Parameters, access: Access): SandboxStatement {
  return {
    text,
    parameters: parameters.map((value) => (value === null ? null : String(value))),
    searchPath: access.schemas,
  }
}

function page({ columns, rows }: TextRows, limit: number): Rows {
  const types = columns.map(({ typeOid }) => typeOf(typeOid))
  const kept: Json[][] = []
  let bytes = 0
  for (const row of rows.slice(0, limit)) {
    const values = row.map((value, at) => (value === null ? null : (types[at]?.read(value) ?? value)))
    bytes += encoder.encode(JSON.stringify(values)).length + 1
    if (bytes > MAX_ANSWER_BYTES) break
    kept.push(values)
  }
  if (kept.length === 0 && rows.length > 0) {
    throw new RowgateError(
      'RESULT_TOO_LARGE',
      `One row alone is larger than ${MAX_ANSWER_BYTES} bytes; select fewer columns, or parts of them with \`left\`.`,
    )
  }
  return {
    columns: columns.map(({ name }) => name),
    types: types.map(({ name }) => name),
    rows: kept,
    row_count: kept.length,
    truncated: kept.length < rows.length,
  }
}
