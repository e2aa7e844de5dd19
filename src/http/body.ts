/** Reads a request's JSON body within limits and puts it on the context; what it means is for the protocol to say. */

import type { MiddlewareHandler } from 'hono'
import { nestsDeeperThan } from './json-depth.ts'
import { INVALID_REQUEST, PARSE_ERROR, refusal, SERVER_ERROR } from './refusal.ts'

/** What `jsonBody` puts on the context. */
export interface BodyVariables {
  body: unknown
}

/** In bytes. A megabyte holds every batch that our tools accept, several times over. */
export const MAX_BODY_BYTES = 1_048_576

/** Deep enough for any arguments written by hand or by a model; far below what recursion over them could survive. */
export const MAX_JSON_DEPTH = 64

/** Each one is a status that the adapter answers with. */
type BodyFault = 'media-type' | 'too-large' | 'too-deep' | 'unparsable'

type BodyVerdict = { readonly body: unknown } | { readonly fault: BodyFault }

/** RFC 8259 defines no charset parameter: JSON is UTF-8, whatever parameters say. */
function isJson(contentType: string | null): boolean {
  if (contentType === 'application/json') return true
  return contentType !== null && /^application\/json[\t ]*(?:;|$)/i.test(contentType.trim())
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Decides on the bytes of a body: their number, their nesting, then whether they are UTF-8 and JSON. */
function judgeBody(bytes: Uint8Array): BodyVerdict {
  if (bytes.length > MAX_BODY_BYTES) return { fault: 'too-large' }
  if (nestsDeeperThan(MAX_JSON_DEPTH, bytes)) return { fault: 'too-deep' }
  try {
    const body: unknown = JSON.parse(decoder.decode(bytes))
    return { body }
  } catch {
    return { fault: 'unparsable' }
  }
}

/** Reads at most one byte more than is allowed, then lets go of the rest. */
async function readBounded(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_BODY_BYTES) break
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

const refusals = {
  'media-type': refusal(415, SERVER_ERROR, 'The Content-Type must be application/json.', {
    Accept: 'application/json',
  }),
  'too-large': refusal(413, SERVER_ERROR, `The body must not exceed ${MAX_BODY_BYTES} bytes.`),
  // -32600 and not -32700: the text may well be JSON; it is this server that does not take it.
  'too-deep': refusal(
    400,
    INVALID_REQUEST,
    `The body must not nest more than ${MAX_JSON_DEPTH} levels deep.`,
  ),
  unparsable: refusal(400, PARSE_ERROR, 'Parse error: the body is not JSON in UTF-8.'),
} as const

/**
 * HTTP's framing bounds a body of declared length (workerd drops the declaration beside a Transfer-Encoding); anything
 * else is counted while it is read.
 */
export function jsonBody(): MiddlewareHandler<{ Variables: BodyVariables }> {
  return async function jsonBody(c, next) {
    const request = c.req.raw
    const headers = request.headers
    if (!isJson(headers.get('content-type'))) return refusals['media-type']()
    const declared = headers.get('content-length')
    if (declared !== null && Number(declared) > MAX_BODY_BYTES) return refusals['too-large']()
    const bytes =
      declared === null ? await readBounded(request.body) : new Uint8Array(await request.arrayBuffer())
    const verdict = judgeBody(bytes)
    if ('fault' in verdict) return refusals[verdict.fault]()
    c.set('body', verdict.body)
    return next()
  }
}
