/** A fetch that gives up on an answer that is too large to hold, before it holds it. */

import { RowgateError } from '../infra/errors.ts'

export interface BoundedInit extends RequestInit {
  /** Bytes of the body, unpacked; without it, any number. */
  readonly maxAnswerBytes?: number
}

export async function boundedFetch(url: string | URL | Request, init: BoundedInit = {}): Promise<Response> {
  const { maxAnswerBytes, ...rest } = init
  const response = await fetch(url, rest)
  if (maxAnswerBytes === undefined || response.body === null) return response
  const { status, headers } = response
  return new Response(await readAll(response.body, maxAnswerBytes), { status, headers })
}

async function readAll(body: ReadableStream<Uint8Array>, limit: number): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  // Leaving the loop cancels the stream, so the rest is not even sent.
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > limit) throw tooLarge(limit)
    chunks.push(new Uint8Array(chunk))
  }
  return new Blob(chunks)
}

function tooLarge(limit: number): RowgateError {
  return new RowgateError(
    'RESULT_TOO_LARGE',
    `The rows take more than ${limit} bytes: ask for fewer with \`limit\`, select fewer columns, or parts of them with \`left\`.`,
  )
}
