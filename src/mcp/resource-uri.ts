/** URIs of resources that tools answer: `db://{source}/{table}`. */

import type { Tool, ToolResources } from '../toolkit/tool.ts'

/** The parts of a URI of this scheme; undefined for any other text. */
export function uriIn(uri: unknown, scheme: string): { source: string; table: string } | undefined {
  if (typeof uri !== 'string' || !uri.startsWith(`${scheme}://`)) return undefined
  const [source, table, ...rest] = uri.slice(`${scheme}://`.length).split('/')
  if (source === undefined || table === undefined || rest.length > 0) return undefined
  try {
    return { source: decodeURIComponent(source), table: decodeURIComponent(table) }
  } catch {
    return undefined
  }
}

/** The call that reading this URI is, for the scopes that it needs. */
export function callOfRead(
  uri: unknown,
  resources: readonly ToolResources[],
): { readonly tool: Tool; readonly args: object } | undefined {
  for (const { scheme, read } of resources) {
    const parts = uriIn(uri, scheme)
    if (parts !== undefined) return { tool: read.tool, args: { source: parts.source } }
  }
  return undefined
}
