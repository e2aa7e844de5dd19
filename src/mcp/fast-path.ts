/**
 * The fast path: recognises one `tools/list` or `tools/call` of either revision, correct to the last header,
 * that wants one JSON response. That is nearly all traffic. It refuses nothing: any other request goes to the
 * SDK path, which decides revisions, headers and errors.
 */

import { isObject, type JsonObject } from '../infra/json.ts'
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LOG_LEVEL_META_KEY,
  MODERN_REVISION,
  PROTOCOL_VERSION_META_KEY,
} from './protocol.ts'

interface Plain {
  readonly modern: boolean
  readonly id: string | number
}

export interface FastPathCall extends Plain {
  readonly method: 'tools/call'
  readonly name: string
  readonly args: object | undefined
}

export type FastPathRequest = FastPathCall | (Plain & { readonly method: 'tools/list' })

const LEGACY_REVISIONS: ReadonlySet<string> = new Set(['2025-11-25', '2025-06-18', '2025-03-26'])
const MESSAGE_KEYS: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params'])
const LIST_KEYS: ReadonlySet<string> = new Set(['_meta'])
const CALL_KEYS: ReadonlySet<string> = new Set(['_meta', 'name', 'arguments'])
const CLIENT_INFO_KEYS: ReadonlySet<string> = new Set(['name', 'version', 'title'])
/** Members of `_meta` under MCP's own prefix; a request with any other goes to the SDK. */
const ENVELOPE_KEYS: ReadonlySet<string> = new Set([
  PROTOCOL_VERSION_META_KEY,
  CLIENT_INFO_META_KEY,
  CLIENT_CAPABILITIES_META_KEY,
])
const RESERVED_PREFIX = 'io.modelcontextprotocol/'

/** For each client capability, the check that its value is evidently valid. */
const CAPABILITY_MEMBERS: ReadonlyMap<string, (member: unknown) => boolean> = new Map([
  ['roots', (member) => typeof member === 'boolean'],
  ['sampling', isEmptyObject],
  ['elicitation', isEmptyObject],
  ['experimental', isObject],
  ['extensions', isObject],
])

/** The request, if the fast path can serve it; undefined for anything else. */
export function readFastPath(headers: Headers, body: unknown): FastPathRequest | undefined {
  if (!isObject(body) || !hasOnly(body, MESSAGE_KEYS)) return undefined
  const { jsonrpc, id, method, params = {} } = body
  if (jsonrpc !== '2.0' || !isId(id) || !isObject(params)) return undefined
  if (method !== 'tools/list' && method !== 'tools/call') return undefined
  const { _meta: meta = {}, name, arguments: args } = params
  if (!isObject(meta) || wantsStream(meta) || holdsReserved(meta)) return undefined
  const modern = Object.hasOwn(meta, PROTOCOL_VERSION_META_KEY)
  if (modern ? !isModern(headers, meta, method, name) : !isLegacy(headers)) return undefined
  if (method === 'tools/list') return hasOnly(params, LIST_KEYS) ? { modern, id, method } : undefined
  if (!hasOnly(params, CALL_KEYS) || typeof name !== 'string') return undefined
  if (args !== undefined && (!isObject(args) || Object.hasOwn(args, '__proto__'))) return undefined
  return { modern, id, method, name, args }
}

/** A progress token (basic/utilities/progress) or a log level asks for messages before the result: SSE. */
export function wantsStream(meta: JsonObject): boolean {
  return Object.hasOwn(meta, 'progressToken') || Object.hasOwn(meta, LOG_LEVEL_META_KEY)
}

/**
 * 2026-07-28, basic/transports/streamable-http: the standard headers mirror the body, and `_meta` is
 * complete.
 */
function isModern(headers: Headers, meta: JsonObject, method: string, name: unknown): boolean {
  if (meta[PROTOCOL_VERSION_META_KEY] !== MODERN_REVISION) return false
  if (headers.get('mcp-protocol-version') !== MODERN_REVISION || headers.get('mcp-method') !== method)
    return false
  if (method === 'tools/call' && (typeof name !== 'string' || headers.get('mcp-name') !== name)) return false
  const client = meta[CLIENT_INFO_META_KEY]
  if (!isObject(client) || !hasOnly(client, CLIENT_INFO_KEYS)) return false
  if (typeof client.name !== 'string' || typeof client.version !== 'string') return false
  if (client.title !== undefined && typeof client.title !== 'string') return false
  const capabilities = meta[CLIENT_CAPABILITIES_META_KEY]
  return isObject(capabilities) && Object.entries(capabilities).every(isPlainCapability)
}

function isPlainCapability([name, value]: [string, unknown]): boolean {
  const isMember = CAPABILITY_MEMBERS.get(name)
  return isMember !== undefined && isObject(value) && Object.values(value).every(isMember)
}

function holdsReserved(meta: JsonObject): boolean {
  for (const key in meta) if (key.startsWith(RESERVED_PREFIX) && !ENVELOPE_KEYS.has(key)) return true
  return false
}

/** 2025-11-25, basic/transports: the version header is absent or known. */
function isLegacy(headers: Headers): boolean {
  const revision = headers.get('mcp-protocol-version')
  return revision === null || LEGACY_REVISIONS.has(revision)
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' || Number.isSafeInteger(id)
}

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

function hasOnly(object: JsonObject, keys: ReadonlySet<string>): boolean {
  for (const key in object) if (!keys.has(key)) return false
  return true
}

/** The id of a request, even of an invalid one; undefined where it has none. */
export function idOf(message: unknown): string | number | undefined {
  return isObject(message) && isId(message.id) ? message.id : undefined
}

/** The name of the tool that a message calls, even of an invalid message. */
export function calledTool(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || Reflect.get(message, 'method') !== 'tools/call')
    return undefined
  const params: unknown = Reflect.get(message, 'params')
  const name: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, 'name') : undefined
  return typeof name === 'string' ? name : undefined
}

/** The URI of the resource that a message reads, however wrong it is; undefined for any other message. */
export function readResource(message: unknown): unknown {
  if (!isObject(message) || message.method !== 'resources/read') return undefined
  return isObject(message.params) ? message.params.uri : undefined
}

/** Its arguments, however wrong they are. */
export function calledArguments(message: unknown): unknown {
  const params: unknown = isObject(message) ? message.params : undefined
  return isObject(params) ? params.arguments : undefined
}
