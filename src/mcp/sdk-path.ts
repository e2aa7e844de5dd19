/**
 * The SDK path: every request that is not on the fast path. The SDK decides revisions, headers, errors and
 * streams; tools come from the same view and run the same way. Loaded on first use.
 */

import {
  type CallToolResult,
  createMcpHandler,
  type InputRequiredResult,
  isLegacyRequest,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
  type ServerOptions,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import type { Connections } from '../data/connections.ts'
import type { RequestContext } from '../infra/request-context.ts'
import { SERVER_NAME, SERVER_VERSION } from '../infra/version.ts'
import { type Interaction, RawResult, type Tool } from '../toolkit/tool.ts'
import { type AcceptedTypes, USUAL_ACCEPT } from './accept.ts'
import { approved, shownArguments } from './approvals.ts'
import { limitBatch } from './batch-limit.ts'
import { callFastPath, callTool } from './call.ts'
import type { Channel } from './call-context.ts'
import type { Cancellations } from './cancellation.ts'
import { confirm } from './confirm.ts'
import type { EndpointParts } from './endpoint-parts.ts'
import { calledTool, wantsStream } from './fast-path.ts'
import { instructionsFor } from './instructions.ts'
import { onlyPage } from './only-page.ts'
import { LIST_TTL_MS } from './registry.ts'
import { RESOURCE_TTL_MS, type ResourceProvider, serveResources } from './resources.ts'
import { toCallToolResult } from './result.ts'
import { APPS_EXTENSION, resultApp } from './result-app.ts'
import { recordOutcomes } from './sdk-outcomes.ts'
import type { ToolCall } from './sources.ts'
import { toolResources } from './tool-resources.ts'
import type { View } from './view.ts'

/**
 * Additions of a deployment beside tools: prompts, resources and the like, set up on each request's server.
 */
export interface Extension {
  readonly options: ServerOptions
  readonly resources?: ResourceProvider
  extend(server: Server): void
}

/** One request on this path. */
export interface SdkRequest {
  readonly requestUrl: string
  readonly view: View
  readonly context: RequestContext
  readonly parts: EndpointParts
  /** The media types that the client accepts. */
  readonly accepted: AcceptedTypes
  readonly cancellations: Cancellations
  readonly extension: Extension | undefined
}

/** Serves one request whose body has been parsed. Never rejects because of a client's mistake. */
export async function serveBySdk(given: Request, body: unknown, sdk: SdkRequest): Promise<Response> {
  const request = acceptingBoth(given)
  if (await isLegacyRequest(request, body)) return serveLegacy(request, body, sdk)
  const handler = createMcpHandler(() => buildServer(sdk, { modern: true, called: calledTool(body) }), {
    legacy: 'reject',
  })
  return handler.fetch(request, { parsedBody: body })
}

/**
 * The SDK serves only a client that accepts both media types to the letter; which one it gets is decided
 * here.
 */
function acceptingBoth(request: Request): Request {
  if (request.headers.get('accept') === USUAL_ACCEPT) return request
  const headers = new Headers(request.headers)
  headers.set('accept', USUAL_ACCEPT)
  // Without the body, which has been read.
  return new Request(request.url, { method: request.method, headers, signal: request.signal })
}

/**
 * Stateless: no session, one transport per request, and JSON unless the call asked for messages before its
 * result.
 */
async function serveLegacy(request: Request, body: unknown, sdk: SdkRequest): Promise<Response> {
  const { view, accepted } = sdk
  const mcp = buildServer(sdk, { modern: false })
  if (Array.isArray(body)) limitBatch(mcp.server)
  const transport = new WebStandardStreamableHTTPServerTransport({
    enableJsonResponse: !accepted.stream || (accepted.json && !legacyWantsStream(body, view)),
  })
  await mcp.connect(transport)
  request.signal.addEventListener('abort', () => void mcp.close(), { once: true })
  return transport.handleRequest(request, { parsedBody: body })
}

function legacyWantsStream(body: unknown, view: View): boolean {
  const messages: unknown[] = Array.isArray(body) ? body : [body]
  return messages.some((message) => {
    const meta = property(property(message, 'params'), '_meta')
    if (typeof meta === 'object' && meta !== null && wantsStream({ ...meta })) return true
    const name = calledTool(message)
    return name !== undefined && view.tools.get(name)?.interactive === true
  })
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/**
 * `called`: the tool to register with the SDK, if any, so that it checks mirrored headers against the tool's
 * schema.
 */
function buildServer(
  sdk: SdkRequest,
  { modern, called }: { readonly modern: boolean; readonly called?: string | undefined },
): McpServer {
  const { view, context, parts, extension } = sdk
  const { capabilities, ...options } = extension?.options ?? {}
  const mcp = new McpServer(
    { name: SERVER_NAME, version: SERVER_VERSION },
    {
      instructions: instructionsFor(view, parts.services),
      ...options,
      cacheHints: CACHE_HINTS,
      // Off: a 2025 client would answer with a request of its own, which reaches no session here.
      inputRequired: { legacyShim: false },
    },
  )
  const { server } = mcp
  recordOutcomes(server, context.record)
  // Registered here, since the constructor would promise change notifications for every capability.
  server.registerCapabilities({
    tools: { listChanged: false },
    resources: {},
    extensions: { [APPS_EXTENSION]: {} },
    ...capabilities,
  })
  const tool = called === undefined ? undefined : view.tools.get(called)
  if (tool !== undefined) mcp.registerTool(tool.name, { inputSchema: view.inputOf(tool) }, neverCalled)
  server.setRequestHandler('tools/list', { params: onlyPage }, () => ({ tools: JSON.parse(view.listJson) }))
  server.setRequestHandler('tools/call', ({ params }, sdkContext) =>
    callBySdk(params, sdk, sdkContext, server),
  )
  serveResources(server, resourcesOf(sdk), { modern })
  extension?.extend(server)
  return mcp
}

const LIST_HINT = { ttlMs: LIST_TTL_MS, cacheScope: 'private' } as const
const RESOURCE_HINT = { ttlMs: RESOURCE_TTL_MS, cacheScope: 'private' } as const
const CACHE_HINTS = {
  'tools/list': LIST_HINT,
  'resources/list': RESOURCE_HINT,
  'resources/templates/list': LIST_HINT,
  'resources/read': RESOURCE_HINT,
} as const

function resourcesOf({ view, context, parts, extension }: SdkRequest): ResourceProvider[] {
  const call = (called: ToolCall) => callFastPath(called, context, parts, () => undefined)
  const named = parts.services.sources.length > 1
  return [
    ...view.resources.map((each) => toolResources(each, view, { named, call })),
    ...(extension?.resources === undefined ? [] : [extension.resources]),
    ...(parts.resultApp === undefined ? [] : [resultApp(parts.resultApp)]),
  ]
}

/** Our handlers replace those of `tools/list` and `tools/call`, so the SDK never runs a tool itself. */
function neverCalled(): never {
  throw new Error('The SDK ran a tool, which only our own handler does.')
}

async function callBySdk(
  params: {
    name: string
    arguments?: unknown
    _meta?: { progressToken?: string | number | undefined } | undefined
  },
  sdk: SdkRequest,
  sdkContext: ServerContext,
  server: Server,
): Promise<CallToolResult | InputRequiredResult> {
  const { view, context, parts, accepted, cancellations } = sdk
  const { mcpReq } = sdkContext
  const tool = view.tools.get(params.name)
  if (tool === undefined || !view.allows(tool)) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`)
  }
  const progressToken = mcpReq._meta?.progressToken
  const channel: Channel = {
    async progress(progress, total, message) {
      if (progressToken === undefined || !accepted.stream) return
      const params = { progressToken, progress, total, message }
      await mcpReq.notify({ method: 'notifications/progress', params })
    },
    ...(tool.interactive === true && {
      interaction: (unaudited) =>
        interactionOf(tool, { ...sdk, unaudited, args: params.arguments }, sdkContext, server),
    }),
  }
  const request = { ...context, signal: mcpReq.signal }
  const result = await callTool(
    { tool, args: params.arguments, sources: view.sources },
    request,
    parts,
    channel,
    (cancel) => cancellations.listen(context.caller, mcpReq.id, cancel),
  )
  return result instanceof RawResult ? result.result : toCallToolResult(result, tool.output !== undefined)
}

interface Interacting extends SdkRequest {
  /** As the client sent them. */
  readonly args: unknown
  unaudited(): Connections
}

function interactionOf(
  tool: Tool,
  { context, parts, accepted, requestUrl, args, unaudited }: Interacting,
  sdkContext: ServerContext,
  server: Server,
): Interaction {
  const { mcpReq } = sdkContext
  const { caller } = context
  return {
    log: async (level, message) => {
      if (accepted.stream) await mcpReq.log(level, message)
    },
    inputResponses: mcpReq.inputResponses,
    requestState: () => mcpReq.requestState(),
    async confirm(question, about, { change, oneTry = false } = {}) {
      const canAsk = server.getClientCapabilities()?.elicitation !== undefined
      const secret = await parts.stateSecret()
      const { approvals } = parts
      const asked = {
        ...{ tool: tool.name, client: caller.clientId, question, oneTry },
        ...{ arguments: shownArguments(args), rows: change },
      }
      const elsewhere =
        approvals &&
        ((bound: unknown) =>
          approved(approvals, { connections: unaudited(), requestUrl }, { ...asked, bound }))
      const asking = { caller, tool: tool.name, secret, context: sdkContext, canAsk, elsewhere }
      return confirm(asking, question, about)
    },
    clientCapabilities: { ...server.getClientCapabilities() },
  }
}
