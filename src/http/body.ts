/** Reads a request's JSON body within limits and puts it on the context; what it means is for the protocol to say. */

import type { MiddlewareHandler } from 'hono'
import { nestsDeeperThan } from './json-depth.ts'
import { holdsInexactNumber, holdsLoneSurrogate } from './json-values.ts'
import { INVALID_REQUEST, PARSE_ERROR, refusal } from './refusal.ts'

/** What `jsonBody` puts on the context. */
export interface BodyVariables {
  body: unknown
}

/** In bytes. A megabyte holds every batch that our tools accept, several times over. */
export const MAX_BODY_BYTES = 1_048_576

/** Deep enough for any arguments written by hand or by a model; far below what recursion over them could survive. */
export const MAX_JSON_DEPTH = 64

/** Each one is a status that the adapter answers with. */
type BodyFault = 'media-type' | 'too-large' | 'too-deep' | 'unparsable' | 'inexact-number' | 'lone-surrogate'

interface Fault {
  readonly fault: BodyFault
}

interface Text {
  readonly text: string
}

type BodyVerdict = { readonly body: unknown } | Fault

/** RFC 8259 defines no charset parameter: JSON is UTF-8, whatever parameters say. */
function isJson(contentType: string | null): boolean {
  if (contentType === 'application/json') return true
  return contentType !== null && /^application\/json[\t ]*(?:;|$)/i.test(contentType.trim())
}

const encoder = new TextEncoder()
const REPLACEMENT = '\ufffd'
/** The byte order mark, which decoding drops. */
const BOM_BYTES = 3

/** Decides on the text of a body: its length, which is no more than its bytes, its nesting, then whether it is JSON. */
function judgeBody(text: string): BodyVerdict {
  if (text.length > MAX_BODY_BYTES) return { fault: 'too-large' }
  if (nestsDeeperThan(MAX_JSON_DEPTH, text)) return { fault: 'too-deep' }
  try {
    const body: unknown = JSON.parse(text)
    if (holdsInexactNumber(text)) return { fault: 'inexact-number' }
    if (holdsLoneSurrogate(text)) return { fault: 'lone-surrogate' }
    return { body }
  } catch {
    return { fault: 'unparsable' }
  }
}

/**
 * Reads a body of declared length, at half the cost of reading its bytes. What is no UTF-8 became longer in decoding, since each
 * such place is three bytes now; only where it was three before (a character of four, cut short) it stays U+FFFD.
 */
async function readDeclared(request: Request, bytes: number): Promise<Text | Fault> {
  const text = await request.text()
  if (!text.includes(REPLACEMENT)) return { text }
  const { length } = encoder.encode(text)
  return length === bytes || length === bytes - BOM_BYTES ? { text } : { fault: 'unparsable' }
}

/** Counts while it reads, and lets go of the rest when it is too much. */
async function readCounted(stream: ReadableStream<Uint8Array> | null): Promise<Text | Fault> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream ?? []) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return { fault: 'too-large' }
    chunks.push(chunk)
  }
  const strict = new TextDecoder('utf-8', { fatal: true })
  try {
    const parts = chunks.map((chunk) => strict.decode(chunk, { stream: true }))
    return { text: parts.join('') + strict.decode() }
  } catch {
    return { fault: 'unparsable' }
  }
}

const refusals = {
  'media-type': refusal(415, 'The Content-Type must be application/json.', {
    Accept: 'application/json',
  }),
  'too-large': refusal(413, `The body must not exceed ${MAX_BODY_BYTES} bytes.`),
  // -32600 and not -32700: the text may well be JSON; it is this server that does not take it.
  'too-deep': refusal(
    400,
    `The body must not nest more than ${MAX_JSON_DEPTH} levels deep.`,
    {},
    INVALID_REQUEST,
  ),
  'inexact-number': refusal(
    400,
    'The body holds a number that would lose digits (such as 9007199254740993 or 1e400): send it as text, in quotes.',
    {},
    INVALID_REQUEST,
  ),
  'lone-surrogate': refusal(
    400,
    'A text in the body holds half of a surrogate pair, which is no character: send the whole pair, or leave it out.',
    {},
    INVALID_REQUEST,
  ),
  unparsable: refusal(400, 'Parse error: the body is not JSON in UTF-8.', {}, PARSE_ERROR),
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
    const read =
      declared === null ? await readCounted(request.body) : await readDeclared(request, Number(declared))
    const verdict = 'fault' in read ? read : judgeBody(read.text)
    if ('fault' in verdict) return refusals[verdict.fault]()
    c.set('body', verdict.body)
    return next()
  }
}
