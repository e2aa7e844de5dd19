/**
 * Runs one tool for one caller: limits, audit, arguments, handler, result. The fast path and the SDK path end
 * here.
 */

import { RowgateError } from '../infra/errors.ts'
import type { RequestContext } from '../infra/request-context.ts'
import { RawResult, type Tool } from '../toolkit/tool.ts'
import { parseArguments } from './arguments.ts'
import { type Channel, LazyCallContext } from './call-context.ts'
import { type Disconnect, disconnectOf, type ListenForCancel } from './disconnect.ts'
import type { EndpointParts } from './endpoint-parts.ts'
import { CachedResult } from './response-cache.ts'
import { failure, fromCache, type SerializedResult, success } from './result.ts'
import { type Chosen, chooseSource, nameOfSource, type ToolCall } from './sources.ts'

const NO_CHANNEL: Channel = { progress: () => Promise.resolve() }

/** Calls a tool that is not interactive. Never rejects: a thrown error becomes an error result. */
export async function callFastPath(
  called: ToolCall,
  request: RequestContext,
  parts: EndpointParts,
  listen: ListenForCancel,
): Promise<SerializedResult> {
  const result = await callTool(called, request, parts, NO_CHANNEL, listen)
  if (!(result instanceof RawResult)) return result
  const { tool } = called
  const error = new Error(`${tool.name} gives a RawResult and does not say that it is interactive`)
  parts.onFailure(tool.name, error)
  return failure(error)
}

/** Calls any tool. Never rejects (2026-07-28, server/tools, "Error Handling"). */
export function callTool(
  called: ToolCall,
  request: RequestContext,
  parts: EndpointParts,
  channel: Channel,
  listen: ListenForCancel,
): Promise<SerializedResult | RawResult> {
  const disconnect = disconnectOf(request.signal, () => request.waitUntil(result), listen)
  const result = runAudited(called, request, parts, channel, disconnect)
  void disconnect.watch()
  return result
}

async function runAudited(
  called: ToolCall,
  request: RequestContext,
  parts: EndpointParts,
  channel: Channel,
  disconnect: Disconnect,
): Promise<SerializedResult | RawResult> {
  const { tool, args, sources } = called
  const { caller, record } = request
  const { rateLimits } = parts
  record.calls += 1
  record.tool = tool.name
  const startedAt = Date.now()
  const readOnly = tool.annotations.readOnlyHint
  const source = nameOfSource(called)
  const trail = parts.audit?.(request, { tool: tool.name, readOnly, source, args, startedAt })
  const slot = rateLimits.acquire(caller, startedAt)
  try {
    if (slot === undefined) throw TOO_MANY_AT_ONCE
    const chosen = chooseSource(tool, args, { all: parts.services.sources.length, usable: sources })
    const call = new LazyCallContext(
      { tool, source: chosen.source },
      request,
      parts,
      channel,
      disconnect,
      trail,
    )
    const value = await runHandler(tool, chosen, request, parts, call)
    trail?.end(isQuestion(value) ? 'input_required' : 'success')
    if (value instanceof RawResult) return value
    return value instanceof CachedResult ? fromCache(value.result, tool.text) : success(value, tool.text)
  } catch (cause) {
    trail?.end(codeOf(cause))
    return failed(cause, tool, request, parts, disconnect)
  } finally {
    if (slot !== undefined) rateLimits.release(slot)
    disconnect.end()
  }
}

function isQuestion(value: unknown): boolean {
  return value instanceof RawResult && value.result.resultType === 'input_required'
}

function codeOf(cause: unknown): string {
  return cause instanceof RowgateError ? cause.code : 'INTERNAL'
}

async function runHandler(
  tool: Tool,
  { args, source }: Chosen,
  request: RequestContext,
  { responseCache }: EndpointParts,
  call: LazyCallContext,
): Promise<unknown> {
  try {
    const input = parseArguments(tool.input, args)
    const answersFromLock = tool.cache?.withoutLock === true && source?.lock !== undefined
    if (answersFromLock || responseCache?.handles(tool) !== true) return await tool.handler(input, call)
    const cached = { ...request, signal: call.signal }
    return await responseCache.run(tool, { input, source }, cached, () => tool.handler(input, call))
  } catch (cause) {
    throw call.errorOf(cause)
  } finally {
    call.end()
  }
}

const TOO_MANY_AT_ONCE = new RowgateError(
  'RATE_LIMITED',
  'Too many calls of yours are running at once; wait for one of them to end.',
  { retryable: true },
)

function failed(
  cause: unknown,
  tool: Tool,
  { record }: RequestContext,
  { onFailure }: EndpointParts,
  disconnect: Disconnect,
): SerializedResult {
  record.outcome = 'error'
  record.code = codeOf(cause)
  // A call that ended because its client disconnected is not a failure.
  if (!disconnect.happened()) onFailure(tool.name, cause)
  return failure(cause)
}
