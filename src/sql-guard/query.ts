/** Running the caller's SQL: judged, wrapped, run in one round trip, and cut to what an answer may hold. */

import type { Postgres, SandboxStatement, TextRows } from '../data/postgres/capability.ts'
import { RowgateError } from '../infra/errors.ts'
import { digestOf, type Place, readCursor, writeCursor } from './cursor.ts'
import { blame } from './error-subject.ts'
import { type Accepted, checkQuery } from './guard.ts'
import { isPageable } from './pageable.ts'
import { parse } from './parser/parse.ts'
import type { Message } from './parser/syntax-tree.ts'
import type { Access } from './rules/relations.ts'
import type { Query, Rows } from './schema.ts'
import { inTotalOrder } from './total-order.ts'
import { type Json, typeOf } from './values.ts'
import { DIGEST_LEAD, LEAD, statementOf, wrap, wrapWithDigest } from './wrap.ts'

/** Bytes of JSON that the rows of one answer may take: some 60,000 tokens, more than any model wants. */
const MAX_ANSWER_BYTES = 262_144

/** Codes of a statement that Postgres does not take as it is. */
const WRONG: ReadonlySet<string> = new Set([
  'QUERY_REJECTED',
  'VALIDATION_ERROR',
  'AUTHORIZATION_ERROR',
  'DATABASE_ERROR',
])

const encoder = new TextEncoder()

type Parameters = Query['parameters']

/** What the guard has said of a query, as far as it is needed to run it. */
type Judged = Pick<Accepted, 'extent'> & Partial<Pick<Accepted, 'statement' | 'repeatable' | 'columns'>>

/** Runs one page of a query that the guard accepts. */
export async function runQuery(postgres: Postgres, input: Query, access: Access): Promise<Rows> {
  const judged = await judge(input.sql, input.parameters, access)
  return runAccepted(onNewEnough(postgres, judged.newest), input, judged, access)
}

/** The same Postgres, which refuses the query where it is older than the newest thing in it. */
export function onNewEnough(postgres: Postgres, newest: Accepted['newest']): Postgres {
  if (newest === undefined) return postgres
  return { ...postgres, sandbox: (statement) => postgres.sandbox({ ...statement, newest }) }
}

/** What stands behind the guard: one page of a query, with all limits but the guard's. */
export async function runAccepted(
  postgres: Postgres,
  input: Query,
  judged: Judged,
  access: Access,
): Promise<Rows> {
  const after = await readCursor(input.cursor, input)
  const query = statementOf(input.sql, judged.extent)
  const run = async (text: string) => postgres.sandbox(sandboxed(text, input.parameters, access))
  const { statement } = judged
  if (statement === undefined || !isPageable(judged)) {
    if (after !== undefined) throw notPageable()
    const answer = await run(wrap(input.sql, judged.extent, input)).catch((error: unknown) => {
      throw blame(error, query, LEAD)
    })
    return page(answer, input.limit)
  }
  const { answer, inTotalOrder } = await runOrdered(
    run,
    query,
    { ...judged, statement },
    {
      limit: input.limit,
      after,
    },
  )
  const { digests, rows, columns } = withoutDigest(answer)
  if (after !== undefined && digests[0] !== after.digest) throw changed()
  const skipped = after === undefined ? 0 : 1
  const shown = page({ columns, rows: rows.slice(skipped) }, input.limit)
  const digest = digests[skipped + shown.row_count - 1]
  if (!shown.truncated || digest === undefined) return shown
  const offset = (after?.offset ?? 0) + shown.row_count
  return { ...shown, next_cursor: await writeCursor({ offset, inTotalOrder, digest }, input) }
}

/**
 * Runs a query with its ORDER BY completed. Where Postgres does not take what was added (a json column has no
 * order), it runs as it was written, and the digest alone vouches for the pages; a later page does as the
 * first one did.
 */
async function runOrdered(
  run: (text: string) => Promise<TextRows>,
  query: string,
  { statement, extent }: Judged & { statement: Message },
  { limit, after }: { limit: number; after: Place | undefined },
) {
  const wrapped = (text: string) => wrapWithDigest(text, { limit, offset: after?.offset ?? 0 })
  const completed =
    after?.inTotalOrder === false ? undefined : await inTotalOrder(query, statement, extent.start)
  if (completed !== undefined) {
    try {
      return { answer: await run(wrapped(completed.text)), inTotalOrder: true }
    } catch (error) {
      if (after !== undefined || isTheirs(error, completed.unchanged)) throw blame(error, query, DIGEST_LEAD)
    }
  }
  try {
    return { answer: await run(wrapped(query)), inTotalOrder: false }
  } catch (error) {
    throw blame(error, query, DIGEST_LEAD)
  }
}

/** Whether an error has nothing to do with what was added to a query, behind so many of its characters. */
function isTheirs(error: unknown, unchanged: number): boolean {
  if (!(error instanceof RowgateError) || !WRONG.has(error.code)) return true
  const position = error.details?.position
  return typeof position === 'number' && position - DIGEST_LEAD.length <= unchanged
}

function withoutDigest({ columns, rows }: TextRows): TextRows & { readonly digests: readonly string[] } {
  return {
    columns: columns.slice(0, -1),
    rows: rows.map((row) => row.slice(0, -1)),
    digests: rows.map((row) => digestOf(row.at(-1) ?? '')),
  }
}

function changed(): RowgateError {
  return new RowgateError(
    'CONFLICT',
    'The rows before this page are no longer those that were given: data changed, or the query gives other rows each time. Start again without `cursor`, or ask by WHERE for what comes after the last row that you have.',
  )
}

function notPageable(): RowgateError {
  return new RowgateError(
    'VALIDATION_ERROR',
    'This query has no pages: it needs an ORDER BY, and values that stay the same (no random(), no clock in a column).',
  )
}

/** Lets the guard judge, and turns its refusal into the caller's error. */
export async function judge(sql: string, parameters: Parameters, access: Access): Promise<Accepted> {
  const parsed = await parse(sql)
  if (!parsed.ok) {
    const details = parsed.position === undefined ? {} : { details: { position: parsed.position } }
    throw new RowgateError('QUERY_REJECTED', parsed.reason, details)
  }
  const verdict = checkQuery(parsed.tree, access, parameters)
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
