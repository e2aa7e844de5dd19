/** All tools, checked once, and the view of them that a caller's scopes and URL leave. */

import type { ConnectionName } from '../data/connections.ts'
import type { Caller } from '../infra/caller.ts'
import type { Source } from '../toolkit/services.ts'
import type { Tool, Toolset } from '../toolkit/tool.ts'
import { EVERYTHING, type KnownNames, type Selection } from './selection.ts'
import { createCommonEntries, type Selected, type View, viewFor } from './view.ts'

/** Lifetime of a list in a client's cache, in milliseconds: tools change only with a deployment. */
export const LIST_TTL_MS = 300_000

/** Views cached at once: one for each combination of scopes and URL in use, which are a handful. */
const MAX_VIEWS = 256

export interface Registry {
  readonly toolsets: readonly Toolset[]
  /** Names of toolsets, tools and sources that a URL may select. */
  readonly names: KnownNames
  /** Every scope that some tool, source, table or column asks for, sorted. */
  readonly scopes: readonly string[]
  selected(selection: Selection, client?: 'console'): Selected
  view(caller: Caller, selection: Selection): View
}

/** The one source of a deployment that declares none. */
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
  const scopes = scopesOf(checkedTools(toolsets), sources)
  const views = new Map<string, View>()
  const commonEntry = createCommonEntries()

  function selected(selection: Selection, client?: 'console'): Selected {
    const chosen = toolsets.filter(({ name }) => selection.toolsets?.includes(name) ?? true)
    return {
      tools: chosen
        .flatMap((toolset) => toolset.tools)
        .filter((tool) => !selection.readOnly || tool.annotations.readOnlyHint)
        .filter((tool) => tool.console !== true || client === 'console'),
      resources: chosen.flatMap(({ resources }) => resources ?? []),
      sources: sources.filter(({ name }) => selection.sources?.includes(name) ?? true),
    }
  }

  function viewOf(caller: Caller, selection: Selection): View {
    const granted = scopes.filter((scope) => caller.scopes.has(scope))
    const named = [selection.toolsets, selection.sources].map((names) => names?.join(',') ?? '*')
    const client = caller.isConsole === true ? 'console' : undefined
    const key = [granted.join(' '), ...named, selection.readOnly, client].join('|')
    const known = views.get(key)
    if (known !== undefined) return known
    if (views.size >= MAX_VIEWS) views.clear()
    const made = viewFor(new Set(granted), selected(selection, client), commonEntry)
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

/** The tools of all toolsets, after the checks on their names and declarations. */
function checkedTools(toolsets: readonly Toolset[]): readonly Tool[] {
  const tools = new Map<string, Tool>()
  for (const tool of toolsets.flatMap((toolset) => toolset.tools)) {
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(tool.name)) throw new Error(`${tool.name} is not a valid tool name`)
    if (tool.cache !== undefined && !mayBeCached(tool)) {
      throw new Error(`${tool.name} is cached, so it must only read, have an output, and not be interactive`)
    }
    if (tools.has(tool.name)) throw new Error(`Two tools are called ${tool.name}`)
    tools.set(tool.name, tool)
  }
  return [...tools.values()]
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
