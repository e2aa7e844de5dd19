/** One MCP request to one Response: which tools exist for it, may the caller use the one it names, and which way it goes. */

import { SERVER_NAME, SERVER_VERSION } from '../infra/version.ts'
import { answerTool, type Exchange } from './call.ts'
import { calledTool, type PlainRequest, readPlain } from './plain.ts'
import { LIST_TTL_MS, type Registry, type View } from './registry.ts'
import type { Answer } from './result.ts'
import type { Extension } from './sdk.ts'
import { readSelection } from './selection.ts'
import { SERVER_INFO_META_KEY } from './wire.ts'

/** What the endpoint decides: an answer, or that the token lacks scopes (the edge knows how to say that). */
export type Served = Response | { readonly missingScopes: readonly string[] }

export type Endpoint = (request: Request, body: unknown, exchange: Exchange) => Promise<Served>

const JSON_HEADERS = { 'content-type': 'application/json' }

/** What a 2026-07-28 result carries beside its own members; see the SDK's answers, which a test compares. */
const MODERN_META = `"resultType":"complete","_meta":${JSON.stringify({
  [SERVER_INFO_META_KEY]: { name: SERVER_NAME, version: SERVER_VERSION },
})}`
const MODERN_LIST_MEMBERS = `,"ttlMs":${LIST_TTL_MS},"cacheScope":"private",${MODERN_META}`

/** Builds the endpoint over a registry. The body it is given has been parsed, the caller verified. */
export function createEndpoint(registry: Registry, extension?: Extension): Endpoint {
  const names = registry.toolsets.map(({ name }) => name)

  return async function serve(request, body, exchange) {
    const { url } = request
    const query = url.indexOf('?')
    const verdict = readSelection(query < 0 ? '' : url.slice(query), names)
    if (!verdict.ok) return badRequest(verdict.message)
    const view = registry.view(exchange.caller, verdict.selection)
    const plain = readPlain(request.headers, body)
    if (plain?.method === 'tools/list') return listTools(plain, view)
    const missingScopes = scopesMissing(body, view)
    if (missingScopes.length > 0) return { missingScopes }
    const tool = plain === undefined ? undefined : view.tools.get(plain.name)
    if (plain !== undefined && tool !== undefined && tool.interactive !== true) {
      return callResult(plain, await answerTool(tool, plain.args, exchange), tool.output !== undefined)
    }
    const { serveBySdk } = await import('./sdk.ts')
    return serveBySdk(request, body, view, exchange, extension)
  }
}

function listTools(plain: PlainRequest, view: View): Response {
  const members = plain.modern ? MODERN_LIST_MEMBERS : ''
  return jsonRpc(plain.id, `{"tools":${view.listJson}${members}}`)
}

/** The envelope's JSON is written twice, as text and as structured content: serialised once, quoted once. */
function callResult(plain: PlainRequest, answer: Answer, structured: boolean): Response {
  const content = `"content":[{"type":"text","text":${JSON.stringify(answer.json)}}]`
  const structuredContent = structured ? `,"structuredContent":${answer.json}` : ''
  const isError = answer.isError ? ',"isError":true' : ''
  const modern = plain.modern ? `,${MODERN_META}` : ''
  return jsonRpc(plain.id, `{${content}${structuredContent}${isError}${modern}}`)
}

function jsonRpc(id: string | number, result: string): Response {
  return new Response(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`, {
    headers: JSON_HEADERS,
  })
}

function badRequest(message: string): Response {
  const error = { jsonrpc: '2.0', id: null, error: { code: -32602, message } }
  return new Response(JSON.stringify(error), { status: 400, headers: JSON_HEADERS })
}

/** Scopes of tools that the body calls (a legacy batch may call several), that exist, and that the token lacks. */
function scopesMissing(body: unknown, view: View): string[] {
  const messages: unknown[] = Array.isArray(body) ? body : [body]
  const missing = new Set<string>()
  for (const message of messages) {
    const called = calledTool(message)
    const tool = called === undefined ? undefined : view.tools.get(called)
    if (tool !== undefined && !view.allows(tool)) missing.add(tool.scope)
  }
  return [...missing]
}
