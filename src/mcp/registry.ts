/** Every tool there is, checked once; and the view of them that one caller's scopes and URL leave. */

import type { ConnectionName } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import type { Tool, ToolAnnotations, Toolset } from '../toolkit/tool.ts'
import { EVERYTHING, type Selection } from './selection.ts'
import { envelopeSchema, inputSchema } from './tool-schema.ts'

/** How long a client may keep a list, in milliseconds: tools change with a deployment, not in between. */
export const LIST_TTL_MS = 300_000

/** Views kept at once. There are as many as combinations of scopes and URLs in use: a handful. */
const MAX_VIEWS = 256

/** What one caller sees: the tools that exist for this URL, and those of them that the token allows. */
export interface View {
  /** Compact JSON of the `tools` array, allowed tools only, in the registry's order. */
  readonly listJson: string
  /**
   * Tools that exist under this URL, allowed or not: what separates "no such tool" from "not with this
   * token".
   */
  readonly tools: ReadonlyMap<string, Tool>
  allows(tool: Tool): boolean
}

export interface Registry {
  readonly toolsets: readonly Toolset[]
  /** Every scope that some tool asks for, sorted. */
  readonly scopes: readonly string[]
  /** The tools that exist under a URL, whatever the caller's token allows. */
  selected(selection: Selection): readonly Tool[]
  view(caller: Caller, selection: Selection): View
}

/**
 * Gathers the toolsets whose engine is there. Throws on a name that two tools share, or one that breaks MCP's
 * rule (2026-07-28, server/tools, "Tool Names").
 */
export function createRegistry(all: readonly Toolset[], connections: ReadonlySet<ConnectionName>): Registry {
  const toolsets = all.filter(({ engine }) => engine === undefined || connections.has(engine))
  const tools = new Map<string, Tool>()
  for (const tool of toolsets.flatMap((toolset) => toolset.tools)) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(tool.name)) throw new Error(`${tool.name} is no tool name`)
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
   * Without a selection, which is what most ask for: to name a caller's scopes takes longer than all else
   * here.
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
 * The hints that say something (2026-07-28, schema, "ToolAnnotations"): of a tool that only reads those about
 * changes mean nothing, and a tool is taken to write and not to be idempotent when it does not say so.
 */
function hintsOf({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }: ToolAnnotations) {
  if (readOnlyHint) return { readOnlyHint, openWorldHint }
  return { destructiveHint, ...(idempotentHint && { idempotentHint }), openWorldHint }
}
