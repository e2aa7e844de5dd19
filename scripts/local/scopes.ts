/** Every scope that some tool asks for, as the registry would list them. */

import { toolsets } from '../../src/toolsets/index.ts'

export function allScopes(): string[] {
  return [...new Set(toolsets.flatMap(({ tools }) => tools.map(({ scope }) => scope)))].sort()
}
