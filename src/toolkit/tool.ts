/** What a tool is: a row of a toolset's table. Lists, filters, docs and tests are all derived from it. */

import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server'
import type * as z from 'zod'
import type { ConnectionName, Connections } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import type { Services } from './services.ts'

export interface Confirmation {
  readonly confirmation: string
}

/** What an interactive tool may do beside giving a value, in MCP's own terms; the SDK serves it. */
export interface Interaction {
  /** Sends a log message on the call's own stream. */
  log(level: 'debug' | 'info' | 'warning' | 'error', message: string): Promise<void>
  /** What the client answered to the input requests of an earlier round (2026-07-28, multi round-trip requests). Untrusted. */
  readonly inputResponses: Readonly<Record<string, unknown>> | undefined
  /** The state that came back with them, verified and decoded where the server has a codec for it. */
  requestState(): unknown
  /**
   * Has the caller's user confirm before anything is done. The first time it gives what is to be answered with; in the round
   * after that, the id of a confirmation that is for this caller, this tool and these words. Throws when they said no.
   */
  confirm(question: string, about: readonly string[]): Promise<RawResult | Confirmation>
  /** What the client said that it can do. */
  readonly clientCapabilities: Readonly<Record<string, unknown>>
}

/** What a handler gets beside its arguments: the caller's own view of the world, for this one call. */
export interface CallContext {
  readonly caller: Caller
  readonly connections: Connections
  readonly services: Services
  /** Aborted when the client goes away or cancels, and when the call's time is over; pass it to every wait. */
  readonly signal: AbortSignal
  /** Keeps the isolate alive for work that outlives the response. */
  waitUntil(work: Promise<unknown>): void
  /** Reports progress on the call's own stream; does nothing unless the client asked for it with a progress token. */
  progress(done: number, total: number, message: string): Promise<void>
  /** There for tools that say `interactive`, absent for all others. */
  readonly interaction?: Interaction | undefined
}

/** MCP 2026-07-28, server/tools: hints for the client's user. A test holds each to what the tool does. */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  readonly openWorldHint: boolean
}

/** That a read's answers are kept for a while, and who shares them. Everything that they depend on must be told here. */
export interface CacheRule {
  readonly ttlSeconds: number
  /**
   * Who is given the same answer to the same arguments: the caller alone; the tenant's callers with the same scopes, where row
   * security shows them all the same; or everyone who may call the tool, where the answer does not depend on who asks.
   */
  readonly per: 'caller' | 'tenant' | 'everyone'
  /** Goes up with every change of what the tool answers. */
  readonly version: number
}

/** The hints of a tool that only reads: whatever is called, and however often, nothing changes. */
export const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}

/** The hints of a tool that adds something: nothing that was there changes, and a second call adds a second one. */
export const ADDS: ToolAnnotations = { ...READS, readOnlyHint: false, idempotentHint: false }

/** The hints of a tool that changes or deletes what is there: a second call leaves what the first one left. */
export const CHANGES: ToolAnnotations = { ...READS, readOnlyHint: false, destructiveHint: true }

/** A result without the envelope: media content, or a request for the user's input. Interactive tools only. */
export class RawResult {
  readonly result: CallToolResult | InputRequiredResult
  constructor(result: CallToolResult | InputRequiredResult) {
    this.result = result
  }
}

export interface ToolDefinition<I extends z.ZodObject, O extends z.ZodType> {
  /** snake_case, unique over all toolsets. */
  readonly name: string
  readonly title: string
  /** For a model: what it does, when to use it, what comes back. */
  readonly description: string
  /** The OAuth scope that lists and allows the tool. */
  readonly scope: string
  readonly annotations: ToolAnnotations
  /** A strict object at module scope, every field described. */
  readonly input: I
  /** The text block in place of the envelope's JSON: for an answer that a model reads in fewer tokens so. */
  readonly text?: (data: z.input<O>) => string
  /** The shape of `data` in the envelope. Without it the tool lists no output schema. */
  readonly output?: O
  /** Only for a read that has an `output` and takes its time; without it nothing of the tool is kept. */
  readonly cache?: CacheRule
  /**
   * It logs, asks the caller for input, answers with media or mirrors an argument into a header (`x-mcp-header`): more
   * than arguments in and a value out.
   */
  readonly interactive?: true
  /** One service call. Throws `RowgateError` for what the caller may know. */
  handler(input: z.output<I>, call: CallContext): Promise<z.input<O> | RawResult>
}

/** A tool whose schemas' types have been forgotten, as the registry holds it. */
export type Tool = Omit<ToolDefinition<z.ZodObject, z.ZodType>, 'handler' | 'text'> & {
  readonly text?: (data: unknown) => string
  handler(input: unknown, call: CallContext): Promise<unknown>
}

export interface Toolset {
  /** The name that `?toolsets=` takes. */
  readonly name: string
  readonly title: string
  /** The engine it needs; without it the toolset is off the list. */
  readonly engine?: ConnectionName
  readonly tools: readonly Tool[]
}

/** Checks a tool's handler against its schemas, then forgets their types. */
export function tool<I extends z.ZodObject, O extends z.ZodType>(definition: ToolDefinition<I, O>): Tool {
  // The registry parses with `input` before it calls, so the handler only ever sees I's output;
  // a generic list of tools of different types cannot say that without `any`.
  return definition as unknown as Tool
}
