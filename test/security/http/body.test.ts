/** Threat: a body made to exhaust, confuse or slip past whatever reads it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../scripts/check/issuer.ts'
import { MAX_BODY_BYTES, MAX_JSON_DEPTH } from '../../../src/http/body.ts'
import { nestsDeeperThan } from '../../../src/http/json-depth.ts'
import { type HttpApp, httpAppOf } from '../../support/product/http-app.ts'

let issuer: Issuer
let app: HttpApp
let token: string
beforeAll(async () => {
  issuer = await startIssuer()
  app = httpAppOf(issuer)
  token = await issuer.sign({ scope: 'tasks:read' })
})
afterAll(async () => {
  await issuer[Symbol.asyncDispose]()
})

const PASSED = 200

const JSON_TYPE = { 'Content-Type': 'application/json' }

function post(body: BodyInit | null, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  return app.request('/mcp', {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, ...headers },
    body,
    duplex: 'half',
  } as RequestInit)
}

async function codeOf(response: Response): Promise<number> {
  const { error } = (await response.json()) as { error: { code: number } }
  return error.code
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

/** A stream that declares no length, and counts what was taken from it. */
function endless(): { stream: ReadableStream<Uint8Array>; taken: () => number } {
  let taken = 0
  const chunk = new Uint8Array(65_536).fill(0x20)
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken += chunk.length
      controller.enqueue(chunk)
    },
  })
  return { stream, taken: () => taken }
}

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s answers 405 at once', async (method) => {
  const response = await app.request('/mcp', { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('Allow')).toBe('POST')
})

test('a refusal is a JSON-RPC error of no request, and with no code that MCP keeps for others', async () => {
  const response = await app.request('/mcp', { method: 'PUT' })
  expect(await response.json()).toEqual({
    jsonrpc: '2.0',
    id: null,
    error: { code: 405, message: 'Only POST is allowed here.' },
  })
})

test.each(['/', '/mcp//', '/sse', '/MCP'])('%s is not the endpoint, and says where that is', async (path) => {
  const response = await app.request(path, { method: 'POST' })
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('MCP is at /mcp.')
})

test.each<[string, number]>([
  ['application/json', PASSED],
  ['Application/JSON; charset=utf-8', PASSED],
  ['application/json;charset=utf-16', PASSED],
  ['application/jsonp', 415],
  ['application/json-patch+json', 415],
  ['application/json, text/plain', 415],
  ['text/plain; a=application/json', 415],
  ['text/plain', 415],
  ['application/x-www-form-urlencoded', 415],
  ['', 415],
])('the media type "%s" answers %i', async (type, status) => {
  expect((await post('{}', { 'Content-Type': type })).status).toBe(status)
})

test('a body without a media type answers 415', async () => {
  expect((await post(new TextEncoder().encode('{}'), {})).status).toBe(415)
})

describe('size', () => {
  const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`

  test('exactly the limit passes', async () => {
    expect((await post(text(MAX_BODY_BYTES))).status).toBe(PASSED)
  })

  test.each(['declared', 'undeclared'])('one byte more answers 413, its length %s', async (kind) => {
    const length = kind === 'declared' ? { 'Content-Length': String(MAX_BODY_BYTES + 1) } : {}
    expect((await post(text(MAX_BODY_BYTES + 1), { ...JSON_TYPE, ...length })).status).toBe(413)
  })

  test('a declared length that is a lie answers 413', async () => {
    const lie = { ...JSON_TYPE, 'Content-Length': '2' }
    expect((await post(text(MAX_BODY_BYTES + 1), lie)).status).toBe(413)
  })

  test('an endless stream is left after the limit', async () => {
    const { stream, taken } = endless()
    expect((await post(stream)).status).toBe(413)
    expect(taken()).toBeLessThan(2 * MAX_BODY_BYTES)
  })

  test('without a token nothing of the body is read', async () => {
    const { stream, taken } = endless()
    const headers = { ...JSON_TYPE, Authorization: '' }
    expect((await post(stream, headers)).status).toBe(401)
    expect(taken()).toBeLessThan(MAX_BODY_BYTES)
  })

  test('characters count as the bytes they are', async () => {
    expect((await post(`"${'€'.repeat(MAX_BODY_BYTES / 3)}"`)).status).toBe(413)
  })
})

/** As HTTP clients send what they have whole. */
function postDeclared(body: Uint8Array<ArrayBuffer>): Promise<Response> {
  return post(body, { ...JSON_TYPE, 'Content-Length': String(body.length) })
}

describe('JSON', () => {
  const BROKEN: [string, Uint8Array<ArrayBuffer>][] = [
    ['an empty body', utf8('')],
    ['a lone brace', utf8('{')],
    ['two values', utf8('{}{}')],
    ['single quotes', utf8("{'a':1}")],
    ['a trailing comma', utf8('[1,]')],
    ['NaN', utf8('[NaN]')],
    ['an unfinished string of brackets', utf8('"[[[')],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['a character cut short', new Uint8Array([0x22, 0xf0, 0x9f, 0x22])],
    ['the first three bytes of four', new Uint8Array([0x22, 0xf0, 0x9f, 0x98, 0x22])],
    ['three of four bytes beside U+FFFD', new Uint8Array([0x22, 0xef, 0xbf, 0xbd, 0xf0, 0x9f, 0x98, 0x22])],
    ['an overlong encoding', new Uint8Array([0x22, 0xc0, 0xa2, 0x22])],
    ['a surrogate', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])],
  ]
  const ways = [
    ['whole', postDeclared],
    ['bit by bit', post],
  ] as const
  test.each(ways.flatMap(([way, send]) => BROKEN.map(([name, body]) => ({ name, body, way, send }))))(
    '$name, sent $way, is a parse error',
    async ({ body, send }) => {
      const response = await send(body)
      expect(response.status).toBe(400)
      expect(await codeOf(response)).toBe(-32700)
    },
  )

  test('no body at all is a parse error', async () => {
    expect(await codeOf(await post(null))).toBe(-32700)
  })

  test.each(ways)('a byte order mark and U+FFFD are UTF-8, sent %s', async (_, send) => {
    for (const text of ['\ufeff{}', '["\ufffd"]', '\ufeff["\ufffd"]'])
      expect((await send(utf8(text))).status).toBe(PASSED)
  })

  test('nesting up to the limit passes', async () => {
    expect((await post(nested(MAX_JSON_DEPTH))).status).toBe(PASSED)
  })

  test.each<[string, string]>([
    ['arrays', nested(MAX_JSON_DEPTH + 1)],
    ['objects', `${'{"a":'.repeat(MAX_JSON_DEPTH + 1)}1${'}'.repeat(MAX_JSON_DEPTH + 1)}`],
    ['an unfinished megabyte', '['.repeat(MAX_BODY_BYTES)],
    ['behind a string with an escaped quote', `["\\"]",${nested(MAX_JSON_DEPTH)}]`],
    ['behind a string that ends in a backslash', `["\\\\",${nested(MAX_JSON_DEPTH)}]`],
  ])('one level more is refused before parsing: %s', async (_, body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await codeOf(response)).toBe(-32600)
  })

  test('brackets inside strings and side by side do not nest', () => {
    expect(nestsDeeperThan(1, `["${'['.repeat(99)}\\"${'{'.repeat(99)}"]`)).toBe(false)
    expect(nestsDeeperThan(2, `[${'[],'.repeat(99)}[]]`)).toBe(false)
    expect(nestsDeeperThan(2, '[[["')).toBe(true)
  })
})
