/** Tokens of a source's tools in their list, which a model reads on every turn. */

import { encode } from 'gpt-tokenizer'
import type { SourceLock } from '../../../../src/infra/config/lock-file.ts'
import { createRegistry } from '../../../../src/mcp/registry.ts'
import { toolsets } from '../../../../src/toolsets/index.ts'

export interface ToolTokens {
  readonly name: string
  /** Counted for OpenAI's models; others differ by some percent. */
  readonly tokens: number
}

/** Those that a caller with every scope sees. `served` names the toolsets; undefined: all. */
export function toolTokens(
  source: string,
  lock: SourceLock,
  served: readonly string[] | undefined,
): ToolTokens[] {
  const named = toolsets.filter(({ name }) => served?.includes(name) ?? true)
  const registry = createRegistry(named, new Set(['postgres']), [{ name: source, lock, scope: undefined }])
  const scopes = new Set([
    ...registry.scopes,
    ...lock.tables.flatMap(({ scope, columns }) => [scope, ...columns.map((column) => column.scope)]),
  ])
  const caller = {
    ...{ userId: 'anybody', tenantId: 'any', clientId: 'any' },
    scopes: new Set([...scopes].filter((scope) => scope !== undefined)),
  }
  const { listJson } = registry.view(caller, { toolsets: undefined, sources: undefined, readOnly: false })
  const listed: { readonly name: string }[] = JSON.parse(listJson)
  return listed.map((tool) => ({ name: tool.name, tokens: encode(JSON.stringify(tool)).length }))
}
