/** The argument `source`, by which a caller chooses one of several databases. No tool declares it itself. */

import * as z from 'zod'
import { RowgateError } from '../infra/errors.ts'
import { isObject } from '../infra/json.ts'
import type { Source } from '../toolkit/services.ts'
import type { Tool } from '../toolkit/tool.ts'
import { shapeOf } from './arguments.ts'

/** One call of a tool, whose arguments nobody has looked at. */
export interface ToolCall {
  readonly tool: Tool
  readonly args: unknown
  /** The sources that its caller may use. */
  readonly sources: readonly Source[]
}

/**
 * The header that repeats the argument (2026-07-28, basic/transports, "Custom Headers from Tool Parameters").
 */
const MIRROR = 'mcp-param-source'

export interface Chosen {
  readonly source: Source | undefined
  /** The arguments that the tool itself has declared. */
  readonly args: unknown
}

/** The tool's input with the argument, where the caller has a choice. */
export function withSource(input: z.ZodObject, tool: Tool, sources: readonly Source[]): z.ZodObject {
  if (tool.on !== 'chosen' || sources.length < 2) return input
  const source = z
    .enum(sources.map(({ name }) => name))
    .describe('The database')
    .meta({ 'x-mcp-header': 'Source' })
  return input.safeExtend({ source })
}

/** Whether the header repeats the argument, where the tool's list entry asks for it. */
export function isMirrored(
  headers: Headers,
  args: object | undefined,
  tool: Tool,
  sources: readonly Source[],
): boolean {
  if (tool.on !== 'chosen' || sources.length < 2) return true
  const source: unknown = args === undefined ? undefined : Reflect.get(args, 'source')
  return typeof source === 'string' && headers.get(MIRROR) === source
}

/** The name in the arguments of a tool that takes one, however wrong it is. */
export function sourceIn(tool: Tool, args: unknown): unknown {
  if (tool.on === undefined) return undefined
  if (tool.on !== 'chosen') return tool.on.source
  return isObject(args) && Object.hasOwn(args, 'source') ? args.source : undefined
}

/** The source that a call is for, as far as it names one that its caller may use. */
export function nameOfSource({ tool, args, sources }: ToolCall): string | undefined {
  if (tool.on === undefined) return undefined
  const named = sourceIn(tool, args)
  return (sources.length === 1 ? sources[0] : sources.find(({ name }) => name === named))?.name
}

/**
 * The source of one call, and the arguments without its name. Throws VALIDATION_ERROR. `all`: those of the
 * deployment; `usable`: this caller's.
 */
export function chooseSource(
  tool: Tool,
  args: unknown,
  { all, usable }: { all: number; usable: readonly Source[] },
): Chosen {
  if (tool.on === undefined) return { source: undefined, args }
  const named = sourceIn(tool, args) ?? undefined
  const own = tool.on === 'chosen' && all > 1 && isObject(args) ? withoutSource(args) : args
  if (named === undefined || (tool.on === 'chosen' && all < 2)) {
    if (usable.length === 1) return { source: usable[0], args: own }
  } else {
    const source = usable.find(({ name }) => name === named)
    if (source !== undefined) return { source, args: own }
  }
  const names = usable.map(({ name }) => name).join(', ')
  throw new RowgateError(
    'VALIDATION_ERROR',
    `Wrong arguments. \`source\`: must be one of ${names}; got ${shapeOf(named)}.`,
    { details: { fields: ['source'] } },
  )
}

function withoutSource({ source: _, ...rest }: Readonly<Record<string, unknown>>): object {
  return rest
}
