/** `query`: runs one page of a caller's SQL in one round trip, and cuts it to the size limit of a result. */

import type { Postgres, TextRows } from '../data/postgres/capability.ts'
import { RowgateError } from '../infra/errors.ts'
import { acceptQuery, runCallerSql, type Wrapped } from './caller-sql.ts'
import { digestOf, type PagePosition, readCursor, writeCursor } from './cursor.ts'
import type { Accepted } from './guard.ts'
import { isPageable } from './pageable.ts'
import type { Access } from './rules/relations.ts'
import type { Query, QueryRows } from './schema.ts'
import { type Completed, inTotalOrder } from './total-order.ts'
import { type Json, typeOf } from './values.ts'
import { DIGEST_LEAD, LEAD, statementIn, wrap, wrapWithDigest } from './wrap.ts'

/** Bytes of JSON for the rows of one result: some 60,000 tokens, more than a model can use. */
const MAX_ANSWER_BYTES = 262_144

/** Error codes of a statement that Postgres refuses as it is written. */
const REFUSED: ReadonlySet<string> = new Set([
  'QUERY_REJECTED',
  'VALIDATION_ERROR',
  'AUTHORIZATION_ERROR',
  'DATABASE_ERROR',
])

const encoder = new TextEncoder()

/** The parts of the guard's verdict that running the query needs. */
type Runnable = Pick<Accepted, 'extent'> & Partial<Accepted>

/** Runs one page of a query that the guard accepts. */
export async function runQuery(postgres: Postgres, input: Query, access: Access): Promise<QueryRows> {
  const accepted = await acceptQuery(input.sql, input.parameters, access)
  return runAccepted(postgres, input, accepted, access)
}

/** Everything behind the guard: runs one page of a query, with all limits except the guard's. */
export async function runAccepted(
  postgres: Postgres,
  input: Query,
  accepted: Runnable,
  access: Access,
): Promise<QueryRows> {
  const after = await readCursor(input.cursor, input)
  const { statement, extent, newest } = accepted
  const { parameters } = input
  const sql = { ...statementIn(input.sql, extent), parameters, access, newest }
  const run = (wrapped: Wrapped) => runCallerSql(postgres, sql, wrapped)
  if (statement === undefined || !isPageable(accepted)) {
    if (after !== undefined) throw notPageable()
    return page(await run({ text: wrap(input.sql, extent, input), lead: LEAD }), input.limit)
  }
  const completed =
    after?.inTotalOrder === false ? undefined : await inTotalOrder(sql.query, statement, extent.start)
  const { answer, isOrdered } = await runOrdered(run, sql.query, completed, { limit: input.limit, after })
  const { digests, rows, ...rest } = withoutDigest(answer)
  if (after !== undefined && digests[0] !== after.digest) throw changed()
  const skipped = after === undefined ? 0 : 1
  const shown = page({ ...rest, rows: rows.slice(skipped) }, input.limit)
  const digest = digests[skipped + shown.row_count - 1]
  if (!shown.truncated || digest === undefined) return shown
  const offset = (after?.offset ?? 0) + shown.row_count
  return { ...shown, next_cursor: await writeCursor({ offset, inTotalOrder: isOrdered, digest }, input) }
}

/**
 * Runs a query with its ORDER BY completed. Where Postgres refuses the completion (a json column has no
 * order), the query runs as it was written, and only the digest shows that the pages fit together. A later
 * page runs as the first one did.
 */
export async function runOrdered(
  run: (wrapped: Wrapped) => Promise<TextRows>,
  query: string,
  completed: Completed | undefined,
  { limit, after }: { limit: number; after: PagePosition | undefined },
) {
  const wrapped = ({ text, unchanged }: Completed) => ({
    text: wrapWithDigest(text, { limit, offset: after?.offset ?? 0 }),
    lead: DIGEST_LEAD,
    unchanged,
  })
  if (completed !== undefined) {
    try {
      return { answer: await run(wrapped(completed)), isOrdered: true }
    } catch (error) {
      if (after !== undefined || isCallers(error)) throw error
    }
  }
  const asWritten = { text: query, unchanged: Number.POSITIVE_INFINITY }
  return { answer: await run(wrapped(asWritten)), isOrdered: false }
}

/** Whether an error is not due to the completion: it is no refusal, or it is about the caller's own text. */
function isCallers(error: unknown): boolean {
  return !(error instanceof RowgateError && REFUSED.has(error.code)) || error.details?.subject !== undefined
}

function withoutDigest({
  columns,
  rows,
  ...rest
}: TextRows): TextRows & { readonly digests: readonly string[] } {
  return {
    ...rest,
    columns: columns.slice(0, -1),
    rows: rows.map((row) => row.slice(0, -1)),
    digests: rows.map((row) => digestOf(row.at(-1) ?? '')),
  }
}

function changed(): RowgateError {
  return new RowgateError(
    'CONFLICT',
    'The rows before this page have changed: the data changed, or the query returns other rows each time. Start again without `cursor`, or use WHERE to ask for the rows after your last one.',
  )
}

function notPageable(): RowgateError {
  return new RowgateError(
    'VALIDATION_ERROR',
    'This query has no pages: paging needs an ORDER BY, and columns without random() or a clock.',
  )
}

const UNKNOWN_USER =
  'This source has no user with your sign-in, so rows that belong to a user are not shown. Its operator can add you.'

function page({ columns, rows, isUnknownUser }: TextRows, limit: number): QueryRows {
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
    ...(isUnknownUser === true && { notice: UNKNOWN_USER }),
  }
}
