/**
 * Answers one MCP request: selects the tools under its URL, checks the caller's scopes and limits, and takes
 * the fast path or the SDK path.
 */

import type { RequestRecord } from '../infra/observability/request-record.ts'
import { traceIdOf } from '../infra/observability/trace.ts'
import type { RequestContext, Served } from '../infra/request-context.ts'
import { SERVER_NAME, SERVER_VERSION } from '../infra/version.ts'
import type { Tool } from '../toolkit/tool.ts'
import { type AcceptedTypes, asEventStream, readAccept } from './accept.ts'
import { callFastPath } from './call.ts'
import { cancelledIn, createCancellations } from './cancellation.ts'
import type { EndpointParts } from './endpoint-parts.ts'
import {
  calledArguments,
  calledTool,
  type FastPathCall,
  type FastPathRequest,
  idOf,
  readFastPath,
  readResource,
} from './fast-path.ts'
import { METHODS, SERVER_INFO_META_KEY } from './protocol.ts'
import { LIST_TTL_MS, type Registry } from './registry.ts'
import { callOfRead } from './resource-uri.ts'
import { CACHE_META_KEY, type SerializedResult } from './result.ts'
import type { Extension } from './sdk-path.ts'
import { readSelection } from './selection.ts'
import { isMirrored } from './sources.ts'
import type { View } from './view.ts'

export type Endpoint = (request: Request, body: unknown, context: RequestContext) => Promise<Served>

/** Made once: workerd copies an object of headers member by member, which takes 3 % of a plain call. */
const JSON_HEADERS = new Headers({ 'content-type': 'application/json' })
const JSON_ANSWER = { headers: JSON_HEADERS }

/** Members that every 2026-07-28 result has; a test compares them with the SDK's. */
const SERVER_META = { [SERVER_INFO_META_KEY]: { name: SERVER_NAME, version: SERVER_VERSION } }
const MODERN_META = `"resultType":"complete","_meta":${JSON.stringify(SERVER_META)}`
const MODERN_LIST_MEMBERS = `,"ttlMs":${LIST_TTL_MS},"cacheScope":"private",${MODERN_META}`

/** Builds the endpoint over a registry. Its requests have a parsed body and a verified caller. */
export function createEndpoint(registry: Registry, parts: EndpointParts, extension?: Extension): Endpoint {
  const cancellations = createCancellations()

  async function answer(
    request: Request,
    body: unknown,
    context: RequestContext,
    accepted: AcceptedTypes,
  ): Promise<Served> {
    const { url } = request
    const query = url.indexOf('?')
    const verdict = readSelection(query < 0 ? '' : url.slice(query), registry.names)
    if (!verdict.ok) return refused(400, INVALID_PARAMS, verdict.message, body)
    const view = registry.view(context.caller, verdict.selection)
    dropNullArguments(body)
    const plain = readFastPath(request.headers, body)
    describeRequest(context.record, request.headers, body)
    const tool = plain?.method === 'tools/call' ? view.tools.get(plain.name) : undefined
    const args = plain?.method === 'tools/call' ? plain.args : undefined
    const called = tool === undefined ? toolsCalled(body, view) : [{ tool, args }]
    const missingScopes = called.flatMap((each) => view.missingScopes(each.tool, each.args))
    if (missingScopes.length > 0) return { missingScopes: [...new Set(missingScopes)] }
    const within = parts.rateLimits.consume(context.caller, costOf(body, called))
    if (within !== true && !(await within)) return { overRate: true }
    if (plain?.method === 'tools/list') return listTools(plain, view, context.record)
    if (plain?.method === 'tools/call' && tool !== undefined && isFast(plain, tool, view, request.headers)) {
      const result = await callFastPath({ tool, args, sources: view.sources }, context, parts, (cancel) =>
        cancellations.listen(context.caller, plain.id, cancel),
      )
      return callResult(plain, result, tool.output !== undefined, context.record)
    }
    for (const id of cancelledIn(body)) cancellations.cancel(context.caller, id)
    const { serveBySdk } = await import('./sdk-path.ts')
    const sdk = { requestUrl: url, view, context, parts, accepted, cancellations, extension }
    const response = await serveBySdk(request, body, sdk)
    // Only the SDK path can stream. Reading a fast-path response's headers would cost 2.5 % of the call.
    context.record.streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    return response
  }

  return async function serve(request, body, context) {
    const accepted = readAccept(request.headers.get('accept'))
    if (accepted.json) return answer(request, body, context, accepted)
    if (!accepted.stream) return refused(NOT_ACCEPTABLE, NOT_ACCEPTABLE, NOTHING_ACCEPTED, body)
    const served = await answer(request, body, context, accepted)
    return served instanceof Response ? asEventStream(served) : served
  }
}

/** JSON-RPC 2.0 §5.1. */
const INVALID_PARAMS = -32602
const NOT_ACCEPTABLE = 406
const NOTHING_ACCEPTED =
  'The Accept header must allow application/json or text/event-stream, and it allows neither.'

/** A header that does not repeat the argument is the SDK's to refuse. */
function isFast(plain: FastPathCall, tool: Tool, view: View, headers: Headers): boolean {
  return tool.interactive !== true && (!plain.modern || isMirrored(headers, plain.args, tool, view.sources))
}

function listTools(plain: FastPathRequest, view: View, record: RequestRecord): Response {
  const members = plain.modern ? MODERN_LIST_MEMBERS : ''
  return jsonRpc(plain.id, `{"tools":${view.listJson}${members}}`, record)
}

/** The envelope's JSON is serialized once, for the structured content and, quoted, for the text. */
function callResult(
  plain: FastPathRequest,
  result: SerializedResult,
  structured: boolean,
  record: RequestRecord,
): Response {
  const content = `"content":[{"type":"text","text":${JSON.stringify(result.text ?? result.json)}}]`
  const structuredContent = structured ? `,"structuredContent":${result.json}` : ''
  const isError = result.isError ? ',"isError":true' : ''
  return jsonRpc(plain.id, `{${content}${structuredContent}${isError}${metaOf(plain, result)}}`, record)
}

function metaOf({ modern }: FastPathRequest, { cache }: SerializedResult): string {
  if (cache === undefined) return modern ? `,${MODERN_META}` : ''
  const meta = JSON.stringify({ ...(modern && SERVER_META), [CACHE_META_KEY]: cache })
  return `${modern ? ',"resultType":"complete"' : ''},"_meta":${meta}`
}

function jsonRpc(id: string | number, result: string, record: RequestRecord): Response {
  const message = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`
  record.bytes = message.length
  return new Response(message, JSON_ANSWER)
}

function refused(status: number, code: number, message: string, body: unknown): Response {
  const error = { jsonrpc: '2.0', id: idOf(body) ?? null, error: { code, message } }
  return new Response(JSON.stringify(error), { status, headers: JSON_HEADERS })
}

interface Called {
  readonly tool: Tool
  readonly args: unknown
}

/**
 * The existing tools that the body calls, or reads resources by. A legacy batch may call several, and one
 * more than once.
 */
function toolsCalled(body: unknown, view: View): Called[] {
  const messages: unknown[] = Array.isArray(body) ? body : [body]
  return messages.flatMap((message) => {
    const uri = readResource(message)
    if (uri !== undefined) return callOfRead(uri, view.resources) ?? []
    const name = calledTool(message)
    const tool = name === undefined ? undefined : view.tools.get(name)
    return tool === undefined ? [] : [{ tool, args: calledArguments(message) }]
  })
}

/** Every message counts, whatever its method: a list of tools is larger than most results. */
function costOf(body: unknown, called: readonly Called[]): { read: number; write: number } {
  const messages = Array.isArray(body) ? body.length : 1
  const write = called.filter(({ tool }) => !tool.annotations.readOnlyHint).length
  return { read: messages - write, write }
}

/** `"arguments": null` counts as absent on both paths. Only we hold the body, so it is changed in place. */
function dropNullArguments(body: unknown): void {
  for (const message of Array.isArray(body) ? body : [body]) {
    const params: unknown = calledTool(message) === undefined ? undefined : Reflect.get(message, 'params')
    if (typeof params === 'object' && params !== null && Reflect.get(params, 'arguments') === null) {
      Reflect.deleteProperty(params, 'arguments')
    }
  }
}

/** Records the request's method and its trace (SEP-414: `_meta.traceparent`, otherwise the header). */
function describeRequest(record: RequestRecord, headers: Headers, body: unknown): void {
  if (Array.isArray(body)) {
    record.method = 'batch'
  } else if (typeof body === 'object' && body !== null) {
    // Assumes nothing: every member may be missing or of any type.
    const { method, params } = body as { method?: unknown; params?: { _meta?: { traceparent?: unknown } } }
    if (typeof method === 'string') record.method = METHODS.has(method) ? method : 'other'
    record.traceId = traceIdOf(params?._meta?.traceparent)
  }
  record.traceId ??= traceIdOf(headers.get('traceparent'))
}
