/**
 * Resources that tools answer: reading `db://main/issues` is a call of `describe_tables`, with its scope,
 * limits, audit row and cache.
 */

import { ProtocolError, ProtocolErrorCode, type Resource } from '@modelcontextprotocol/server'
import * as z from 'zod'
import type { Tool, ToolResources } from '../toolkit/tool.ts'
import { uriIn } from './resource-uri.ts'
import type { ResourceProvider } from './resources.ts'
import type { SerializedResult } from './result.ts'
import type { ToolCall } from './sources.ts'
import type { View } from './view.ts'

const MIME_TYPE = 'application/json'

/** Calls a tool as this caller. */
type Call = (called: ToolCall) => Promise<SerializedResult>

export function toolResources(
  resources: ToolResources,
  view: View,
  { named, call }: { readonly named: boolean; readonly call: Call },
): ResourceProvider {
  const { scheme, title, description, list, read } = resources
  const ask = async (tool: Tool, source: string, args: object) => {
    const own = named ? { ...args, source } : args
    return answer.parse(JSON.parse((await call({ tool, args: own, sources: view.sources })).json))
  }

  async function listOf(source: string): Promise<Resource[]> {
    const listed = await ask(list.tool, source, {})
    if (listed.error !== undefined) throw failed(listed.error)
    return list.entries(listed.data).map(({ name, comment }) => ({
      uri: `${scheme}://${encodeURIComponent(source)}/${encodeURIComponent(name)}`,
      name,
      ...(comment !== null && { description: comment }),
      mimeType: MIME_TYPE,
    }))
  }

  return {
    templates: view.allows(read.tool)
      ? [
          {
            uriTemplate: `${scheme}://{source}/{table}`,
            name: scheme,
            title,
            description,
            mimeType: MIME_TYPE,
          },
        ]
      : [],
    async list() {
      if (!view.allows(list.tool)) return []
      return (await Promise.all(view.sources.map(({ name }) => listOf(name)))).flat()
    },
    async read(uri) {
      const named = uriIn(uri, scheme)
      const isKnown = view.sources.some(({ name }) => name === named?.source)
      if (named === undefined || !isKnown || !view.allows(read.tool)) return undefined
      const { data, error } = await ask(read.tool, named.source, read.argumentsFor(named.table))
      if (error?.code === 'VALIDATION_ERROR') return undefined
      if (error !== undefined) throw failed(error)
      const content = read.contentOf(data)
      if (content === undefined) return undefined
      return { contents: [{ uri, mimeType: MIME_TYPE, text: JSON.stringify(content) }] }
    },
  }
}

/** Our own envelope, as JSON. */
const answer = z.object({
  data: z.unknown().optional(),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
})

/** `resources/read` has no error of its own but "not found", so the envelope's travels as `data`. */
function failed(error: { readonly code: string; readonly message: string }): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InternalError, `${error.code}: ${error.message}`, error)
}
