/** Runs one tool for one caller: parse, handle, answer. Both the fast path and the SDK path end here. */

import type { Audit, CallScope, Connections } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import type { RequestRecord } from '../infra/observability/request-record.ts'
import type { RateLimits } from '../infra/resilience/rate-limit.ts'
import { type Call, type Interaction, RawResult, type Tool } from '../toolkit/tool.ts'
import { parseArguments } from './arguments.ts'
import { RunningCall } from './call-context.ts'
import { type Disconnect, disconnectOf, type ListenForCancel } from './disconnect.ts'
import { CachedResult, type ResponseCache } from './response-cache.ts'
import { failure, fromCache, type SerializedResult, success } from './result.ts'

/** What a request brings to every call in it. */
export interface Exchange {
  readonly caller: Caller
  readonly signal: AbortSignal
  /** When all of the request's calls have to be done, in milliseconds since the epoch. */
  readonly deadline: number
  readonly record: RequestRecord
  readonly rateLimits: RateLimits
  /** Gives one call of a tool its databases. What it opened is closed when the call is over. */
  connect(tool: string, call: Pick<CallScope, 'signal' | 'onEnd' | 'audit'>): Connections
  /** What signs state that a client carries between two rounds. */
  stateSecret(): Promise<string>
  /** The name under which the request is found in the log. */
  requestId(): string
  /** Begins the audit row of one call of a request; absent where no call is audited. */
  readonly audit?: Audit | undefined
  /** Absent where there is no store for it. */
  readonly responseCache?: ResponseCache | undefined
  /** Keeps the isolate alive for work that the answer does not wait for. */
  waitUntil(work: Promise<unknown>): void
  /** Told of every failure of a tool; the thrown value goes to the log only. */
  onFailure(tool: string, thrown: unknown): void
}

/** Where a call can say more than its answer. */
export interface Stream {
  progress: Call['progress']
  interaction?: Interaction
}

const SILENT: Stream = { progress: () => Promise.resolve() }

/**
 * Runs a tool that wants arguments in and a value out. Never rejects: what it throws becomes an error answer.
 */
export async function answerTool(
  tool: Tool,
  given: unknown,
  exchange: Exchange,
  listen: ListenForCancel,
): Promise<SerializedResult> {
  const answer = await runTool(tool, given, exchange, SILENT, listen)
  if (!(answer instanceof RawResult)) return answer
  const fault = new Error(`${tool.name} gives a RawResult and does not say that it is interactive`)
  exchange.onFailure(tool.name, fault)
  return failure(fault)
}

/** Runs any tool. Never rejects (2026-07-28, server/tools, "Error Handling"). */
export function runTool(
  tool: Tool,
  given: unknown,
  exchange: Exchange,
  stream: Stream,
  listen: ListenForCancel,
): Promise<SerializedResult | RawResult> {
  const disconnect = disconnectOf(exchange.signal, () => exchange.waitUntil(answer), listen)
  const answer = runToEnd(tool, given, exchange, stream, disconnect)
  void disconnect.watch()
  return answer
}

async function runToEnd(
  tool: Tool,
  given: unknown,
  exchange: Exchange,
  stream: Stream,
  disconnect: Disconnect,
): Promise<SerializedResult | RawResult> {
  const { caller, record, rateLimits, audit } = exchange
  record.calls += 1
  record.tool = tool.name
  const startedAt = Date.now()
  const readOnly = tool.annotations.readOnlyHint
  const trail = audit?.(exchange, { tool: tool.name, readOnly, args: given, startedAt })
  const slot = rateLimits.acquire(caller, startedAt)
  if (slot === undefined) {
    trail?.end(TOO_MANY_AT_ONCE.code)
    disconnect.end()
    return failed(TOO_MANY_AT_ONCE, tool, exchange, disconnect)
  }
  try {
    const call = new RunningCall(tool, exchange, stream, disconnect, trail)
    const value = await handle(tool, given, exchange, call)
    trail?.end(isQuestion(value) ? 'input_required' : 'success')
    if (value instanceof RawResult) return value
    return value instanceof CachedResult ? fromCache(value.result, tool.text) : success(value, tool.text)
  } catch (thrown) {
    trail?.end(codeOf(thrown))
    return failed(thrown, tool, exchange, disconnect)
  } finally {
    rateLimits.release(slot)
    disconnect.end()
  }
}

function isQuestion(value: unknown): boolean {
  return value instanceof RawResult && value.result.resultType === 'input_required'
}

function codeOf(thrown: unknown): string {
  return thrown instanceof RowgateError ? thrown.code : 'INTERNAL'
}

async function handle(tool: Tool, given: unknown, exchange: Exchange, call: RunningCall): Promise<unknown> {
  const { responseCache } = exchange
  try {
    const input = parseArguments(tool.input, given)
    if (responseCache?.handles(tool) !== true) return await tool.handler(input, call)
    const asked = { ...exchange, signal: call.signal, tool, input }
    return await responseCache.run(asked, () => tool.handler(input, call))
  } catch (thrown) {
    throw call.faultOf(thrown)
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
  thrown: unknown,
  tool: Tool,
  { record, onFailure }: Exchange,
  disconnect: Disconnect,
): SerializedResult {
  record.outcome = 'error'
  record.code = codeOf(thrown)
  // Work that breaks off because its client has gone is nobody's failure.
  if (!disconnect.happened()) onFailure(tool.name, thrown)
  return failure(thrown)
}
