/** The module that says which toolsets the Worker is bundled with: workerd reads no YAML, and the rest is not shipped. */

import type { RowgateFile } from '../../../src/infra/config/rowgate-file.ts'
import type { Known } from '../rowgate-file.ts'

/** A toolset's folder, its name and what its `tools.ts` exports are one word. */
export function servedModule(file: RowgateFile | undefined, known: Known): string {
  if (file === undefined) return "export { toolsets } from '../src/toolsets/index.ts'\n"
  const { toolsets = known.toolsets, examples = [] } = file
  const imports = [
    ...toolsets.map((name) => `import { ${name} } from '../src/toolsets/${name}/tools.ts'`),
    ...examples.map((name) => `import { ${name} } from '../src/examples/${name}/tools.ts'`),
  ]
  return [...imports, '', `export const toolsets = [${[...toolsets, ...examples].join(', ')}]`, ''].join('\n')
}
