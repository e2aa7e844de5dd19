/**
 * Middleware: reads the request's JSON body within limits and puts it on the context. The protocol layer
 * interprets it.
 */

import type { MiddlewareHandler } from 'hono'
import { nestsDeeperThan } from './json-depth.ts'
import { holdsInexactNumber, holdsLoneSurrogate } from './json-values.ts'
import { INVALID_REQUEST, PARSE_ERROR, refusal } from './refusal.ts'

export interface BodyVariables {
  body: unknown
}

/** In bytes. Several times the largest batch that is accepted. */
export const MAX_BODY_BYTES = 1_048_576

/** Deeper than any arguments need; far below what overflows the stack of recursive code. */
export const MAX_JSON_DEPTH = 64

/** One per refusal below. */
type BodyProblem =
  | 'media-type'
  | 'too-large'
  | 'too-deep'
  | 'unparsable'
  | 'inexact-number'
  | 'lone-surrogate'

interface Problem {
  readonly problem: BodyProblem
}

interface Text {
  readonly text: string
}

type BodyVerdict = { readonly body: unknown } | Problem

/** Parameters are ignored: RFC 8259 defines no charset for JSON, which is always UTF-8. */
function isJson(contentType: string | null): boolean {
  if (contentType === 'application/json') return true
  return contentType !== null && /^application\/json[\t ]*(?:;|$)/i.test(contentType.trim())
}

/** Replaces nothing: invalid UTF-8 throws. */
const strict = new TextDecoder('utf-8', { fatal: true })

/** Checks are ordered by cost: length in characters (never more than in bytes), nesting, then the parse. */
function judgeBody(text: string): BodyVerdict {
  if (text.length > MAX_BODY_BYTES) return { problem: 'too-large' }
  if (nestsDeeperThan(MAX_JSON_DEPTH, text)) return { problem: 'too-deep' }
  try {
    const body: unknown = JSON.parse(text)
    if (holdsInexactNumber(text)) return { problem: 'inexact-number' }
    if (holdsLoneSurrogate(text)) return { problem: 'lone-surrogate' }
    return { body }
  } catch {
    return { problem: 'unparsable' }
  }
}

/** Not `text()`, which replaces what is no UTF-8 and says nothing. */
async function readDeclared(request: Request): Promise<Text | Problem> {
  const bytes = await request.arrayBuffer()
  try {
    return { text: strict.decode(bytes) }
  } catch {
    return { problem: 'unparsable' }
  }
}

/** Reads a body of unknown length. Stops at the limit. */
async function readCounted(stream: ReadableStream<Uint8Array> | null): Promise<Text | Problem> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream ?? []) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return { problem: 'too-large' }
    chunks.push(chunk)
  }
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    const parts = chunks.map((chunk) => decoder.decode(chunk, { stream: true }))
    return { text: parts.join('') + decoder.decode() }
  } catch {
    return { problem: 'unparsable' }
  }
}

const refusals = {
  'media-type': refusal(415, 'The Content-Type must be application/json.', {
    Accept: 'application/json',
  }),
  'too-large': refusal(413, `The body must not exceed ${MAX_BODY_BYTES} bytes.`),
  // -32600 (invalid request), not -32700 (parse error): the text may be valid JSON.
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
 * A declared length is trusted: HTTP framing enforces it, and workerd drops it beside Transfer-Encoding.
 * Without one, bytes are counted while reading.
 */
export function jsonBody(): MiddlewareHandler<{ Variables: BodyVariables }> {
  return async function jsonBody(c, next) {
    const request = c.req.raw
    const headers = request.headers
    if (!isJson(headers.get('content-type'))) return refusals['media-type']()
    const declared = headers.get('content-length')
    if (declared !== null && Number(declared) > MAX_BODY_BYTES) return refusals['too-large']()
    const read = declared === null ? await readCounted(request.body) : await readDeclared(request)
    const verdict = 'problem' in read ? read : judgeBody(read.text)
    if ('problem' in verdict) return refusals[verdict.problem]()
    c.set('body', verdict.body)
    return next()
  }
}
