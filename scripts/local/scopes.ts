/** Every scope that a tool, a source, a table or a column requires, as the registry lists them. */

import type { ConnectionName } from '../../src/data/connections.ts'
import { engines } from '../../src/data/engines.ts'
import type { DeclaredSource } from '../../src/infra/config/sources.ts'
import { createRegistry } from '../../src/mcp/registry.ts'
import { servedAs } from '../../src/toolkit/services.ts'
import { toolsets } from '../../src/with-examples.ts'

export function allScopes(sources: readonly DeclaredSource[] = []): readonly string[] {
  // Object.keys forgets what the type says of the keys.
  const connections = engines.flatMap(({ settings }) => Object.keys(settings) as ConnectionName[])
  const served = sources.length === 0 ? undefined : servedAs(sources)
  return createRegistry(toolsets, new Set(connections), served).scopes
}
