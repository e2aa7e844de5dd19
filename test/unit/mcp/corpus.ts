/** Ways in which a request can be unusual, wrong or hostile, by the part of it that is. */

import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
} from '../../../src/mcp/protocol.ts'
import type { Bend } from './messages.ts'

const LONGEST_NAME = 90

const base64 = (text: string) => `=?base64?${btoa(text)}?=`

const headers: readonly Bend[] = [
  undefined,
  '',
  '*/*',
  'application/json',
  'Application/JSON, Text/Event-Stream',
  'text/event-stream,application/json;charset=utf-8',
].map((accept) => ({ headers: { accept } }))

const revisions: readonly Bend[] = [
  undefined,
  '',
  '2026-07-28',
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
  '1999-01-01',
  'DRAFT-2026-v1',
  '2025-11-25, 2025-11-25',
].map((revision) => ({ headers: { 'mcp-protocol-version': revision } }))

const mirrors: readonly Bend[] = [
  { headers: { 'mcp-method': undefined } },
  { headers: { 'mcp-method': '' } },
  { headers: { 'mcp-method': 'TOOLS/LIST' } },
  { headers: { 'mcp-method': 'tools/list' } },
  { headers: { 'mcp-method': 'tools/call' } },
  { headers: { 'mcp-method': 'tools/call, tools/call' } },
  { headers: { 'mcp-method': base64('tools/call') } },
  { headers: { 'mcp-name': undefined } },
  { headers: { 'mcp-name': '' } },
  { headers: { 'mcp-name': 'echo' } },
  { headers: { 'mcp-name': 'Echo' } },
  { headers: { 'mcp-name': '  echo  ' } },
  { headers: { 'mcp-name': 'silent' } },
  { headers: { 'mcp-name': base64('echo') } },
  { headers: { 'mcp-name': base64('silent') } },
  { headers: { 'mcp-name': '=?base64?ZWNobw?=' } },
  { headers: { 'mcp-name': '=?base64?!!!!?=' } },
  { headers: { 'mcp-name': '=?base64?ZWNobw==' } },
  { headers: { 'mcp-session-id': 'stolen' } },
  { headers: { 'last-event-id': '1' } },
  { headers: { 'mcp-param-text': 'something' } },
]

const envelopes: readonly Bend[] = [
  undefined,
  '',
  '2025-11-25',
  '2026-07-29',
  '2026-07-28 ',
  20260728,
  null,
  ['2026-07-28'],
].map((revision) => ({ meta: { [PROTOCOL_VERSION_META_KEY]: revision } }))

const clients: readonly Bend[] = [
  undefined,
  null,
  'test',
  [],
  {},
  { name: 'test' },
  { name: '', version: '' },
  { name: 1, version: '1' },
  { name: 'test', version: '1', title: 'Test' },
  { name: 'test', version: '1', title: 7 },
  { name: 'test', version: '1', icons: [] },
  { name: 'test', version: '1', icons: 'none' },
  { name: 'test', version: '1', websiteUrl: 'not a url' },
].map((client) => ({ meta: { [CLIENT_INFO_META_KEY]: client } }))

const capabilities: readonly Bend[] = [
  undefined,
  null,
  [],
  'all',
  { roots: {} },
  { roots: { listChanged: true } },
  { roots: { listChanged: 'yes' } },
  { roots: { listChanged: {} } },
  { sampling: {} },
  { sampling: { tools: {} } },
  { sampling: { tools: true } },
  { sampling: [] },
  { sampling: null },
  { elicitation: { form: {}, url: {} } },
  { elicitation: { form: 1 } },
  { elicitation: { form: { applyDefaults: true } } },
  { elicitation: { form: { applyDefaults: 'yes' } } },
  { sampling: { context: { deep: 1 } } },
  { roots: { unheardOf: true } },
  { experimental: { x: {} } },
  { experimental: { x: 1 } },
  { extensions: { 'a/b': {} } },
  { extensions: { 'a/b': 1 } },
  { tasks: {} },
  { unheardOf: {} },
  { unheardOf: 1 },
  JSON.parse('{"__proto__":{"polluted":true}}'),
].map((capability) => ({ meta: { [CLIENT_CAPABILITIES_META_KEY]: capability } }))

const metas: readonly Bend[] = [
  { meta: { progressToken: 'p' } },
  { meta: { progressToken: 0 } },
  { meta: { progressToken: 1.5 } },
  { meta: { progressToken: null } },
  { meta: { progressToken: {} } },
  { meta: { [LOG_LEVEL_META_KEY]: 'debug' } },
  { meta: { [LOG_LEVEL_META_KEY]: 'loud' } },
  { meta: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } },
  { meta: { traceparent: 7 } },
  { meta: { 'com.example/anything': [1] } },
  { meta: { 'io.modelcontextprotocol/related-task': { taskId: '1' } } },
  { meta: { 'io.modelcontextprotocol/related-task': 1 } },
  { meta: { 'io.modelcontextprotocol/subscriptionId': 's' } },
  { meta: JSON.parse('{"__proto__":{"polluted":true}}') },
  { params: { _meta: null } },
  { params: { _meta: [] } },
  { params: { _meta: 'x' } },
  { params: { _meta: {} } },
]

const ids: readonly Bend[] = [
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 53),
  1e300,
  '',
  '1',
  'x'.repeat(1_000),
  '\u2028"\\',
  null,
  true,
  {},
  [1],
  undefined,
].map((id) => ({ message: { id } }))

const messages: readonly Bend[] = [
  { message: { jsonrpc: undefined } },
  { message: { jsonrpc: '1.0' } },
  { message: { jsonrpc: 2 } },
  { message: { extra: 1 } },
  { message: { result: {} } },
  { message: { error: { code: 1, message: '' } } },
  { message: { params: undefined } },
  { message: { params: null } },
  { message: { params: [] } },
  { message: { params: 'x' } },
  ...[
    undefined,
    '',
    7,
    'TOOLS/LIST',
    'tools/list ',
    'tools/unheard_of',
    '__proto__',
    'initialize',
    'ping',
    'prompts/list',
    'resources/read',
    'logging/setLevel',
    'completion/complete',
    'server/discover',
    'subscriptions/listen',
    'notifications/initialized',
    'notifications/cancelled',
    'notifications/progress',
  ].map((method) => ({ message: { method } })),
  { message: { method: 'notifications/cancelled', id: undefined } },
  { message: { method: 'notifications/initialized', id: undefined } },
  { body: null },
  { body: 1 },
  { body: 'x' },
  { body: {} },
  { body: [] },
  { body: [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }] },
  {
    body: [
      { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo', arguments: {} } },
    ],
  },
  { body: [1, null] },
  { body: { jsonrpc: '2.0', id: 1, result: {} } },
]

const parameters: readonly Bend[] = [
  { params: { cursor: 'abc' } },
  { params: { cursor: 7 } },
  { params: { cursor: null } },
  { params: { extra: 1 } },
  { params: { task: {} } },
  { params: { task: { ttl: 1 } } },
  { params: { inputResponses: {} } },
  { params: { inputResponses: null } },
  { params: { inputResponses: { a: { action: 'accept' } } } },
  { params: { requestState: 'forged' } },
  { params: { requestState: 7 } },
  ...[
    undefined,
    null,
    7,
    '',
    'ECHO',
    'echo ',
    'no_such_tool',
    '__proto__',
    'constructor',
    'toString',
  ].flatMap((name) => [
    { params: { name } },
    { params: { name }, headers: { 'mcp-name': name ?? undefined } },
  ]),
  ...[
    undefined,
    7,
    'x',
    [],
    { text: 'hello' },
    { text: 'too long' },
    { text: null },
    { text: 7 },
    { text: ['a', 'b'] },
    { unknown: 'value', another: 1 },
    { list: [{ n: 1 }, { n: 'one' }, { n: 1, m: 2 }] },
    { list: { length: 1 } },
    JSON.parse('{"__proto__":{"text":"polluted"}}'),
    { constructor: 1 },
    { list: [JSON.parse('{"n":1,"__proto__":{"m":2}}')] },
  ].map((args) => ({ params: { arguments: args } })),
]

/** Everything, each with a name that says what is bent. */
export const CORPUS: readonly (readonly [string, Bend])[] = [
  {},
  ...headers,
  ...revisions,
  ...mirrors,
  ...envelopes,
  ...clients,
  ...capabilities,
  ...metas,
  ...ids,
  ...messages,
  ...parameters,
].map((bend) => [nameOf(bend), bend])

function nameOf(bend: Bend): string {
  const text = JSON.stringify(bend, (_, value: unknown) => (value === undefined ? '(absent)' : value))
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text
}
