/** What a tool is: a row of a toolset's table. Lists, filters, docs and tests are all derived from it. */

import type { z } from 'zod'
import type { Connections, Engine } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'

/** What a handler gets beside its arguments: the caller's own view of the world, for this one call. */
export interface Call {
  readonly caller: Caller
  readonly connections: Connections
  /** Aborted when the client goes away or cancels; pass it to every wait. */
  readonly signal: AbortSignal
  /** Reports progress on the call's own stream; does nothing unless the client asked for it with a progress token. */
  progress(done: number, total: number, message: string): Promise<void>
}

export interface ToolAnnotations {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  readonly openWorldHint: boolean
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
  /** The shape of `data` in the envelope. */
  readonly output: O
  /** One service call. Throws `RowgateError` for what the caller may know. */
  handler(input: z.output<I>, call: Call): Promise<z.input<O>>
}

/** A tool whose schemas' types have been forgotten, as the registry holds it. */
export type Tool = Omit<ToolDefinition<z.ZodObject, z.ZodType>, 'handler'> & {
  handler(input: unknown, call: Call): Promise<unknown>
}

export interface Toolset {
  /** The name that `?toolsets=` takes. */
  readonly name: string
  readonly title: string
  /** The engine it needs; without it the toolset is off the list. */
  readonly engine: Engine
  readonly tools: readonly Tool[]
}

/** Checks a tool's handler against its schemas, then forgets their types. */
export function tool<I extends z.ZodObject, O extends z.ZodType>(definition: ToolDefinition<I, O>): Tool {
  // The registry parses with `input` before it calls, so the handler only ever sees I's output.
  return definition as unknown as Tool
}
