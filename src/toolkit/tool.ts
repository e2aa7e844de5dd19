/** Tool definitions: the rows of a toolset's table. Lists, filters, docs and tests are derived from them. */

import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server'
import type * as z from 'zod'
import type { ConnectionName, Connections } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import type { Services, Source } from './services.ts'

export interface Confirmation {
  readonly confirmation: string
}

/** A row before and after a write; null where there is none. */
export interface Change {
  readonly columns: readonly string[]
  readonly before: readonly unknown[] | null
  readonly after: readonly unknown[] | null
  /** Columns that are not among these. */
  readonly left_out?: number
}

/** MCP features for interactive tools, which the SDK serves. */
export interface Interaction {
  /** Sends a log message on the call's own stream. */
  log(level: 'debug' | 'info' | 'warning' | 'error', message: string): Promise<void>
  /**
   * The client's answers to the input requests of an earlier round (2026-07-28, multi round-trip requests).
   * Untrusted.
   */
  readonly inputResponses: Readonly<Record<string, unknown>> | undefined
  /** The state sent with those requests, verified and decoded if the server has a codec for it. */
  requestState(): unknown
  /**
   * Asks the caller's user to confirm. In the first round it returns the result to send. In the next it
   * returns the id of a confirmation bound to this caller, this tool and `about`, or throws if the user
   * declined. A user whom the client cannot ask is asked at the console, which shows `change`, and the call
   * throws CONFIRMATION_REQUIRED until then; the id is the same at each call after that, or with `oneTry` at
   * the next call alone.
   */
  confirm(
    question: string,
    about: readonly string[],
    more?: { readonly change?: Change; readonly oneTry?: boolean },
  ): Promise<RawResult | Confirmation>
  /** The capabilities that the client declared. */
  readonly clientCapabilities: Readonly<Record<string, unknown>>
}

/** A source as one call sees it. */
export interface CallSource extends Source {
  /** Acts as the caller. */
  readonly postgres: Connections['postgres']
}

/** A handler's context for one call: the connections act as this caller. */
export interface CallContext {
  readonly caller: Caller
  readonly connections: Connections
  /** The source that the caller chose, or the tool's own; else the first. */
  readonly source: CallSource
  readonly services: Services
  /** Aborted when the client disconnects or cancels, or the call times out. Pass it to every wait. */
  readonly signal: AbortSignal
  /** Keeps the isolate alive for work after the response. */
  waitUntil(work: Promise<unknown>): void
  /** Reports progress on the call's own stream. Does nothing if the client sent no progress token. */
  progress(done: number, total: number, message: string): Promise<void>
  /** Only for tools with `interactive`. */
  readonly interaction?: Interaction | undefined
}

/**
 * Hints for the client's user (MCP 2026-07-28, server/tools). A test checks each against what the tool does.
 */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  readonly openWorldHint: boolean
}

/** Response caching of a read. The rule must cover everything that the response depends on. */
export interface CacheRule {
  readonly ttlSeconds: number
  /**
   * Callers who share a response to the same arguments. `tenant`: callers of a tenant with the same scopes;
   * only if row security shows them the same rows. `scopes`: callers with the same scopes, of any tenant.
   * `everyone`: only if the response does not depend on the caller.
   */
  readonly per: 'caller' | 'tenant' | 'scopes' | 'everyone'
  /** A source with a lock answers from it: nothing is cached of it. */
  readonly withoutLock?: true
  /** Increase it with every change to the tool's output. */
  readonly version: number
}

/** Hints of a tool that only reads. */
export const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}

/** Hints of a tool that adds something. Existing data does not change; a second call adds again. */
export const ADDS: ToolAnnotations = { ...READS, readOnlyHint: false, idempotentHint: false }

/** Hints of a tool that changes or deletes. A second call has no further effect. */
export const CHANGES: ToolAnnotations = { ...READS, readOnlyHint: false, destructiveHint: true }

/** A result without the envelope: media content, or a request for user input. Interactive tools only. */
export class RawResult {
  readonly result: CallToolResult | InputRequiredResult
  constructor(result: CallToolResult | InputRequiredResult) {
    this.result = result
  }
}

export interface ToolDefinition<I extends z.ZodObject, O extends z.ZodType> {
  /** snake_case, unique across toolsets. */
  readonly name: string
  readonly title: string
  /** For a model: what it does, when to use it, what comes back. */
  readonly description: string
  /** OAuth scope needed to list and to call the tool. */
  readonly scope: string
  readonly annotations: ToolAnnotations
  /** A strict object at module scope, every field described. */
  readonly input: I
  /** Text block instead of the envelope's JSON, where it takes a model fewer tokens. */
  readonly text?: (data: z.input<O>) => string
  /** Schema of `data` in the envelope. Without it the tool lists no output schema. */
  readonly output?: O
  /** For slow reads that have an `output`. Without it responses are not cached. */
  readonly cache?: CacheRule
  /**
   * The source that it works on. `chosen`: one of those that its caller may use. With several it takes the
   * argument `source`, which no handler sees. A name: always that one. Its caller needs the source's scope
   * too.
   */
  readonly on?: 'chosen' | { readonly source: string }
  /**
   * The input as `tools/list` shows it to callers with these scopes, over these sources of theirs: with the
   * tables that they may name. A call is parsed by `input`.
   */
  readonly listedInput?: (view: ToolView) => z.ZodObject
  /** For the deployment's own console, where a person decides: to other clients there is no such tool. */
  readonly console?: true
  /**
   * The tool logs, asks for user input, returns media, or mirrors an argument into a header (`x-mcp-header`).
   */
  readonly interactive?: true
  /** Makes one service call. Throws `RowgateError` for errors that the caller may see. */
  handler(input: z.output<I>, call: CallContext): Promise<z.input<O> | RawResult>
}

/** A tool without its schemas' types, for the registry. */
export type Tool = Omit<ToolDefinition<z.ZodObject, z.ZodType>, 'handler' | 'text'> & {
  readonly text?: (data: unknown) => string
  handler(input: unknown, call: CallContext): Promise<unknown>
}

/** The caller's part in how a tool is listed. */
export interface ToolView {
  /** Those that the caller may use, never empty for a tool that works on one. */
  readonly sources: readonly Source[]
  readonly scopes: ReadonlySet<string>
}

/**
 * Tools whose answers are MCP resources, too: `scheme://{source}/{table}`. Both work on the source that the
 * caller chooses.
 */
export interface ToolResources {
  readonly scheme: string
  readonly title: string
  readonly description: string
  /** Called without arguments. */
  readonly list: {
    readonly tool: Tool
    entries(data: unknown): readonly { readonly name: string; readonly comment: string | null }[]
  }
  readonly read: {
    readonly tool: Tool
    argumentsFor(table: string): object
    /** The resource as JSON; undefined where the caller has no such resource. */
    contentOf(data: unknown): unknown
  }
}

export interface Toolset {
  /** The name for `?toolsets=`. */
  readonly name: string
  readonly title: string
  /** The engine it needs. If that is not configured, the toolset is not listed. */
  readonly engine?: ConnectionName
  /**
   * Its tables in Postgres by the scope that reads them, as `schema.table`, or `schema.*` for all of a
   * schema: `query` too reads them with this scope only.
   */
  readonly tables?: Readonly<Record<string, readonly string[]>>
  readonly tools: readonly Tool[]
  readonly resources?: ToolResources
  /** Further tools, which the sources define. */
  toolsOf?(sources: readonly Source[]): readonly Tool[]
}

/** Checks the handler against the schemas at compile time, then erases their types. */
export function tool<I extends z.ZodObject, O extends z.ZodType>(definition: ToolDefinition<I, O>): Tool {
  // The cast: the registry parses arguments with `input` before a call, so the handler only sees I's output.
  // A list of tools of different types cannot express that without `any`.
  return definition as unknown as Tool
}
