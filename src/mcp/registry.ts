/** All tools, checked once, and the view of them that a caller's scopes and URL leave. */

import type * as z from 'zod'
import type { ConnectionName } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import type { Source } from '../toolkit/services.ts'
import type { Tool, ToolAnnotations, Toolset } from '../toolkit/tool.ts'
import { EVERYTHING, type KnownNames, type Selection } from './selection.ts'
import { sourceIn, withSource } from './sources.ts'
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
  /** The sources that exist under this URL and that the token allows. */
  readonly sources: readonly Source[]
  /** The tool's input as it is listed. */
  inputOf(tool: Tool): z.ZodObject
  allows(tool: Tool): boolean
  /** What a token lacks for a call of the tool: nothing where it may. */
  missingScopes(tool: Tool, args: unknown): readonly string[]
}

export interface Registry {
  readonly toolsets: readonly Toolset[]
  /** What a URL may name. */
  readonly names: KnownNames
  /** Every scope that some tool, source, table or column asks for, sorted. */
  readonly scopes: readonly string[]
  /** The tools and sources that exist under a URL, whatever the caller's token allows. */
  selected(selection: Selection): { readonly tools: readonly Tool[]; readonly sources: readonly Source[] }
  view(caller: Caller, selection: Selection): View
}

/** What a deployment without declared sources has. */
const ONLY_SOURCE: readonly Source[] = [{ name: 'main', lock: undefined, scope: undefined }]

/**
 * Builds the registry from the toolsets whose engine is configured. Throws on a name that two tools share, or
 * that breaks MCP's rule (2026-07-28, server/tools, "Tool Names").
 */
export function createRegistry(
  all: readonly Toolset[],
  connections: ReadonlySet<ConnectionName>,
  sources: readonly Source[] = ONLY_SOURCE,
): Registry {
  const toolsets = all
    .filter(({ engine }) => engine === undefined || connections.has(engine))
    .map((toolset) => withToolsOf(toolset, sources))
  const tools = new Map<string, Tool>()
  for (const tool of toolsets.flatMap((toolset) => toolset.tools)) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(tool.name)) throw new Error(`${tool.name} is not a valid tool name`)
    if (tool.cache !== undefined && !mayBeCached(tool)) {
      throw new Error(`${tool.name} is cached, so it must only read, have an output, and not be interactive`)
    }
    if (tools.has(tool.name)) throw new Error(`Two tools are called ${tool.name}`)
    tools.set(tool.name, tool)
  }
  const scopes = scopesOf([...tools.values()], sources)
  const views = new Map<string, View>()
  const listed = new Map<Tool, string>()

  /** As it is listed to everybody. */
  function commonEntry(tool: Tool): string {
    const known = listed.get(tool)
    if (known !== undefined) return known
    const json = JSON.stringify(listEntry(tool, tool.input))
    if (json.includes('"x-mcp-header"') && tool.interactive !== true) {
      throw new Error(
        `${tool.name} mirrors an argument into a header and does not say that it is interactive`,
      )
    }
    listed.set(tool, json)
    return json
  }

  function selected(selection: Selection) {
    return {
      tools: toolsets
        .filter(({ name }) => selection.toolsets?.includes(name) ?? true)
        .flatMap((toolset) => toolset.tools)
        .filter((tool) => !selection.readOnly || tool.annotations.readOnlyHint),
      sources: sources.filter(({ name }) => selection.sources?.includes(name) ?? true),
    }
  }

  function makeView(granted: ReadonlySet<string>, selection: Selection): View {
    const { tools: chosen, sources: existing } = selected(selection)
    const usable = existing.filter(({ scope }) => scope === undefined || granted.has(scope))
    const sourcesOf = ({ on }: Tool, among: readonly Source[]) =>
      on === undefined || on === 'chosen' ? among : among.filter(({ name }) => name === on.source)
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

  function viewOf(caller: Caller, selection: Selection): View {
    const granted = scopes.filter((scope) => caller.scopes.has(scope))
    const named = [selection.toolsets, selection.sources].map((names) => names?.join(',') ?? '*')
    const key = [granted.join(' '), ...named, selection.readOnly].join('|')
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

  const names = {
    toolsets: toolsets.map(({ name }) => name),
    sources: sources.map(({ name }) => name),
  }
  return { toolsets, names, scopes, selected, view }
}

function withToolsOf(toolset: Toolset, sources: readonly Source[]): Toolset {
  return toolset.toolsOf === undefined
    ? toolset
    : { ...toolset, tools: [...toolset.tools, ...toolset.toolsOf(sources)] }
}

function scopesOf(tools: readonly Tool[], sources: readonly Source[]): readonly string[] {
  const ofSources = sources.flatMap(({ scope, lock }) => [
    scope ?? [],
    ...(lock?.tables ?? []).flatMap((table) => [
      table.scope ?? [],
      ...table.columns.map((column) => column.scope ?? []),
    ]),
  ])
  const all = tools.some(({ on }) => on !== undefined) ? ofSources.flat() : []
  return [...new Set([...tools.map((tool) => tool.scope), ...all])].sort()
}

function mayBeCached({ annotations, output, interactive }: Tool): boolean {
  return annotations.readOnlyHint && output !== undefined && interactive !== true
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
