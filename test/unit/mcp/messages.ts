/** Requests of both eras as a client sends them, and ways to bend them. */

import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  MODERN_REVISION,
  PROTOCOL_VERSION_META_KEY,
} from '../../../src/mcp/protocol.ts'

export type Members = Readonly<Record<string, unknown>>

/** Overrides of a well-formed request; `undefined` leaves a member out. */
export interface Bend {
  readonly headers?: Members
  readonly message?: Members
  readonly params?: Members
  readonly meta?: Members
  /** Instead of everything else. */
  readonly body?: unknown
}

export type Era = '2026-07-28' | '2025-11-25'

export const BASES = [
  ['2026-07-28', 'tools/list'],
  ['2026-07-28', 'tools/call'],
  ['2025-11-25', 'tools/list'],
  ['2025-11-25', 'tools/call'],
] as const

const ENVELOPE = {
  [PROTOCOL_VERSION_META_KEY]: MODERN_REVISION,
  [CLIENT_INFO_META_KEY]: { name: 'test', version: '1.0.0' },
  [CLIENT_CAPABILITIES_META_KEY]: {},
}

/** A request and its parsed body. Made anew each time: a Request is used up by being served. */
export function message(
  era: Era,
  method: string,
  { headers = {}, message = {}, params = {}, meta = {}, body }: Bend = {},
  tool = 'echo',
): { request: Request; body: unknown } {
  const modern = era === MODERN_REVISION
  const calls = method === 'tools/call'
  const bentMeta = without({ ...(modern && ENVELOPE), ...meta })
  const bentParams = without({
    ...(calls && { name: tool, arguments: {} }),
    ...((modern || Object.keys(meta).length > 0) && { _meta: bentMeta }),
    ...params,
  })
  const whole = without({
    jsonrpc: '2.0',
    id: 1,
    method,
    ...((modern || Object.keys(bentParams).length > 0) && { params: bentParams }),
    ...message,
  })
  const sent = body === undefined ? whole : body
  const bentHeaders = without({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': era,
    ...(modern && { 'mcp-method': method }),
    ...(modern && calls && { 'mcp-name': tool }),
    ...headers,
  })
  const request = new Request('http://localhost/mcp', {
    method: 'POST',
    headers: Object.entries(bentHeaders).map(([name, value]) => [name, String(value)]),
    body: JSON.stringify(sent),
  })
  return { request, body: sent }
}

function without(members: Members): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** The JSON of an answer, whichever way it was framed. */
export async function read(response: Response) {
  const text = await response.text()
  const stream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const messages: unknown[] = stream
    ? [...text.matchAll(/^data: ?(.+)$/gm)].map(([, data = '']) => JSON.parse(data))
    : text === ''
      ? []
      : [JSON.parse(text)]
  return { status: response.status, stream, messages }
}
