/** One caller's view of the tools: which exist, which the token allows, and their list as JSON. */

import * as z from 'zod'
import type { Source } from '../toolkit/services.ts'
import type { Tool, ToolAnnotations, ToolResources } from '../toolkit/tool.ts'
import { RESULT_APP_META } from './result-app.ts'
import { sourceIn, withSource } from './sources.ts'
import { envelopeSchema, inputSchema } from './tool-schema.ts'

/** Everything under a URL, whatever the caller's token allows. */
export interface Selected {
  readonly tools: readonly Tool[]
  readonly resources: readonly ToolResources[]
  readonly sources: readonly Source[]
}

/** One caller's tools: those that exist under this URL, and those of them that the token allows. */
export interface View {
  /** Compact JSON of the `tools` array, allowed tools only, in the registry's order. */
  readonly listJson: string
  /** Tools under this URL, allowed or not: distinguishes "no such tool" from "not with this token". */
  readonly tools: ReadonlyMap<string, Tool>
  /** The sources that exist under this URL and that the token allows. */
  readonly sources: readonly Source[]
  /** Resources under this URL, allowed or not. */
  readonly resources: readonly ToolResources[]
  readonly scopes: ReadonlySet<string>
  /** The tool's input as it is listed. */
  inputOf(tool: Tool): z.ZodObject
  allows(tool: Tool): boolean
  /** Scopes that a call of the tool needs and the token lacks; empty where it may. */
  missingScopes(tool: Tool, args: unknown): readonly string[]
}

/** A tool's list entry that is the same for all callers, as JSON. Each is made once per isolate. */
export function createCommonEntries(): (tool: Tool) => string {
  const made = new Map<Tool, string>()
  return (tool) => {
    const known = made.get(tool)
    if (known !== undefined) return known
    const json = JSON.stringify(listEntry(tool, tool.input))
    if (json.includes('"x-mcp-header"') && tool.interactive !== true) {
      throw new Error(
        `${tool.name} mirrors an argument into a header and does not say that it is interactive`,
      )
    }
    made.set(tool, json)
    return json
  }
}

/** The view of a caller with these scopes on the tools and sources under a URL. */
export function viewFor(
  granted: ReadonlySet<string>,
  { tools: chosen, resources, sources: existing }: Selected,
  commonEntry: (tool: Tool) => string,
): View {
  const usable = existing.filter(({ scope }) => scope === undefined || granted.has(scope))
  const allowed = new Set(
    chosen
      .filter((tool) => granted.has(tool.scope))
      .filter((tool) => tool.on === undefined || sourcesOf(tool, usable).length > 0),
  )
  const inputs = new Map<Tool, z.ZodObject>()
  function inputOf(tool: Tool): z.ZodObject {
    const known = inputs.get(tool)
    if (known !== undefined) return known
    const own = sourcesOf(tool, usable)
    const input = tool.listedInput?.({ sources: own, scopes: granted }) ?? tool.input
    const made = withSource(input, tool, own)
    inputs.set(tool, made)
    return made
  }
  const entry = (tool: Tool) => {
    const input = inputOf(tool)
    return input === tool.input ? commonEntry(tool) : JSON.stringify(listEntry(tool, input))
  }
  return {
    listJson: `[${[...allowed].map(entry).join(',')}]`,
    tools: new Map(chosen.map((tool) => [tool.name, tool])),
    sources: usable,
    resources,
    scopes: granted,
    inputOf,
    allows: (tool) => allowed.has(tool),
    missingScopes(tool, args) {
      const own = granted.has(tool.scope) ? [] : [tool.scope]
      if (tool.on === undefined) return own
      const named = sourceIn(tool, args)
      const wanted = existing.filter(({ name }) => name === named)
      if (wanted.length === 0 && sourcesOf(tool, usable).length > 0) return own
      const lacking = (wanted.length > 0 ? wanted : sourcesOf(tool, existing)).filter(
        (source) => !usable.includes(source),
      )
      return [...own, ...lacking.flatMap(({ scope }) => scope ?? [])]
    },
  }
}

/** The sources among these that a tool works on. */
function sourcesOf({ on }: Tool, among: readonly Source[]): readonly Source[] {
  return on === undefined || on === 'chosen' ? among : among.filter(({ name }) => name === on.source)
}

/** A tool as `tools/list` shows it (2026-07-28, server/tools, "Tool"). */
function listEntry(tool: Tool, input: z.ZodObject): Record<string, unknown> {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchema(input),
    ...(tool.output !== undefined && { outputSchema: envelopeSchema(tool.output) }),
    annotations: hintsOf(tool.annotations),
    ...metaOf(tool),
  }
}

/** Hosts that know MCP Apps give no model a tool whose visibility is `app`. */
function metaOf(tool: Tool): { readonly _meta?: object } {
  if (tool.console === true) return { _meta: { ui: { visibility: ['app'] } } }
  return answersRows(tool) ? { _meta: RESULT_APP_META } : {}
}

function answersRows({ output }: Tool): boolean {
  return output instanceof z.ZodObject && 'columns' in output.shape && 'rows' in output.shape
}

/**
 * The annotations that differ from MCP's defaults (2026-07-28, schema, "ToolAnnotations"). Hints about
 * changes mean nothing for a tool that only reads; by default a tool writes and is not idempotent.
 */
function hintsOf({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }: ToolAnnotations) {
  if (readOnlyHint) return { readOnlyHint, openWorldHint }
  return { destructiveHint, ...(idempotentHint && { idempotentHint }), openWorldHint }
}
