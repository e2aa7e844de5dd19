/**
 * A fetch that checks the status and limits the size of the database endpoint's response, before the driver
 * reads it.
 */

import { RowgateError } from '../../infra/errors.ts'
import { isSqlstate } from './errors.ts'

export interface BoundedInit extends RequestInit {
  /** Most bytes of the body, uncompressed; without it, unlimited. */
  readonly maxAnswerBytes?: number
}

/** The only error status with Postgres' own error and SQLSTATE. */
const BAD_REQUEST = 400
/** Statuses from here on are failures of the endpoint, which may be temporary. */
const INTERNAL_SERVER_ERROR = 500
/** Neon's status for a result that is larger than it sends. */
const INSUFFICIENT_STORAGE = 507

/**
 * Throws a `RowgateError` for a response that would be the same again, and another error for one that may
 * not. A body that is neither a result nor Postgres' own error is not passed on: the driver would put it into
 * its error, which is logged.
 */
export async function boundedFetch(url: string | URL | Request, init: BoundedInit = {}): Promise<Response> {
  const { maxAnswerBytes, ...rest } = init
  const response = await fetch(url, rest)
  const { ok, status } = response
  if (!ok && status !== BAD_REQUEST) {
    await response.body?.cancel()
    throw errorOfStatus(status)
  }
  const answer = maxAnswerBytes === undefined ? response : await limited(response, maxAnswerBytes)
  if (ok) return answer
  const said = await answer.text()
  if (!isSqlstate(codeIn(said))) throw errorOfStatus(status)
  return new Response(said, { status })
}

async function limited(response: Response, limit: number): Promise<Response> {
  if (response.body === null) return response
  const { status, headers } = response
  return new Response(await readAll(response.body, limit), { status, headers })
}

async function readAll(body: ReadableStream<Uint8Array>, limit: number): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  // Leaving the loop cancels the stream, so the rest is not sent.
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > limit) throw tooLarge(`The rows take more than ${limit} bytes`)
    chunks.push(new Uint8Array(chunk))
  }
  return new Blob(chunks)
}

function codeIn(body: string): unknown {
  try {
    return JSON.parse(body)?.code
  } catch {
    return undefined
  }
}

function errorOfStatus(status: number): Error {
  const cause = new Error(`The database's endpoint answered with HTTP status ${status}.`)
  if (status === INSUFFICIENT_STORAGE)
    return tooLarge('The rows are more than the database sends in one response', cause)
  if (status >= INTERNAL_SERVER_ERROR) return cause
  return new RowgateError(
    'UNAVAILABLE',
    "The database's endpoint refused the request; its operator has to check DATABASE_URL (for maintenance, DATABASE_OWNER_URL) and DATABASE_FETCH_ENDPOINT.",
    { cause },
  )
}

export function tooLarge(what: string, cause?: Error): RowgateError {
  return new RowgateError(
    'RESULT_TOO_LARGE',
    `${what}: ask for fewer with \`limit\`, select fewer columns, or parts of them with \`left\`.`,
    { cause },
  )
}
