/** All tools, checked once, and the view of them that a caller's scopes and URL leave. */

import type { ConnectionName } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import type { Tool, ToolAnnotations, Toolset } from '../toolkit/tool.ts'
import { EVERYTHING, type Selection } from './selection.ts'
import { envelopeSchema, inputSchema } from './tool-schema.ts'

/** How long a client may cache a list, in milliseconds: tools change only with a deployment. */
export const LIST_TTL_MS = 300_000

/** Views cached at once: one for each combination of scopes and URL in use, which are a handful. */
const MAX_VIEWS = 256

/** One caller's tools: those that exist under this URL, and those of them that the token allows. */
export interface View {
  /** Compact JSON of the `tools` array, allowed tools only, in the registry's order. */
  readonly listJson: string
  /** Tools under this URL, allowed or not: distinguishes "no such tool" from "not with this token". */
  readonly tools: ReadonlyMap<string, Tool>
  allows(tool: Tool): boolean
}

export interface Registry {
  readonly toolsets: readonly Toolset[]
  /** The scopes of all tools, sorted. */
  readonly scopes: readonly string[]
  /** The tools under a URL, whatever the caller's token allows. */
  selected(selection: Selection): readonly Tool[]
  view(caller: Caller, selection: Selection): View
}

/**
 * Builds the registry from the toolsets whose engine is configured. Throws on a name that two tools share, or
 * that breaks MCP's rule (2026-07-28, server/tools, "Tool Names").
 */
export function createRegistry(all: readonly Toolset[], connections: ReadonlySet<ConnectionName>): Registry {
  const toolsets = all.filter(({ engine }) => engine === undefined || connections.has(engine))
  const tools = new Map<string, Tool>()
  for (const tool of toolsets.flatMap((toolset) => toolset.tools)) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(tool.name)) throw new Error(`${tool.name} is not a valid tool name`)
    if (tool.cache !== undefined && !mayBeCached(tool)) {
      throw new Error(`${tool.name} is cached, so it must only read, have an output, and not be interactive`)
    }
    if (tools.has(tool.name)) throw new Error(`Two tools are called ${tool.name}`)
    tools.set(tool.name, tool)
  }
  const scopes = [...new Set([...tools.values()].map((tool) => tool.scope))].sort()
  const views = new Map<string, View>()
  const listed = new Map<Tool, string>()

  function entry(tool: Tool): string {
    const known = listed.get(tool)
    if (known !== undefined) return known
    const json = JSON.stringify(listEntry(tool))
    if (json.includes('"x-mcp-header"') && tool.interactive !== true) {
      throw new Error(
        `${tool.name} mirrors an argument into a header and does not say that it is interactive`,
      )
    }
    listed.set(tool, json)
    return json
  }

  function selected(selection: Selection): Tool[] {
    return toolsets
      .filter(({ name }) => selection.toolsets?.includes(name) ?? true)
      .flatMap((toolset) => toolset.tools)
      .filter((tool) => !selection.readOnly || tool.annotations.readOnlyHint)
  }

  function makeView(granted: ReadonlySet<string>, selection: Selection): View {
    const chosen = selected(selection)
    const allowed = new Set(chosen.filter((tool) => granted.has(tool.scope)))
    return {
      listJson: `[${[...allowed].map(entry).join(',')}]`,
      tools: new Map(chosen.map((tool) => [tool.name, tool])),
      allows: (tool) => allowed.has(tool),
    }
  }

  function viewOf(caller: Caller, selection: Selection): View {
    const granted = scopes.filter((scope) => caller.scopes.has(scope))
    const key = `${granted.join(' ')}|${selection.toolsets?.join(',') ?? '*'}|${selection.readOnly}`
    const known = views.get(key)
    if (known !== undefined) return known
    if (views.size >= MAX_VIEWS) views.clear()
    const made = makeView(new Set(granted), selection)
    views.set(key, made)
    return made
  }

  /**
   * Unfiltered view per caller object, the common case: building the scope key is the slowest part of a
   * lookup.
   */
  const whole = new WeakMap<Caller, View>()

  function view(caller: Caller, selection: Selection): View {
    if (selection !== EVERYTHING) return viewOf(caller, selection)
    const known = whole.get(caller)
    if (known !== undefined) return known
    const made = viewOf(caller, selection)
    whole.set(caller, made)
    return made
  }

  return { toolsets, scopes, selected, view }
}

function mayBeCached({ annotations, output, interactive }: Tool): boolean {
  return annotations.readOnlyHint && output !== undefined && interactive !== true
}

/** A tool as `tools/list` shows it (2026-07-28, server/tools, "Tool"). */
function listEntry(tool: Tool): Record<string, unknown> {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchema(tool.input),
    ...(tool.output !== undefined && { outputSchema: envelopeSchema(tool.output) }),
    annotations: hintsOf(tool.annotations),
  }
}

/**
 * The annotations that differ from MCP's defaults (2026-07-28, schema, "ToolAnnotations"). Hints about
 * changes mean nothing for a tool that only reads; by default a tool writes and is not idempotent.
 */
function hintsOf({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }: ToolAnnotations) {
  if (readOnlyHint) return { readOnlyHint, openWorldHint }
  return { destructiveHint, ...(idempotentHint && { idempotentHint }), openWorldHint }
}
