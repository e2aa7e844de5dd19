/** Every scope that a tool requires, as the registry lists them. */

import { toolsets } from '../../src/with-examples.ts'

export function allScopes(): string[] {
  return [...new Set(toolsets.flatMap(({ tools }) => tools.map(({ scope }) => scope)))].sort()
}
