/**
 * Generates the module that imports the served toolsets: workerd cannot read YAML, and other toolsets are not
 * bundled.
 */

import type { RowgateFile } from '../../../src/infra/config/rowgate-file.ts'
import type { Known } from '../rowgate-file.ts'

/** A toolset's folder, its name and the export of its `tools.ts` are the same word. */
export function servedModule(file: RowgateFile | undefined, known: Known): string {
  if (file === undefined) return "export { toolsets } from '../src/toolsets/index.ts'\n"
  const { toolsets = known.toolsets, examples = [] } = file
  const imports = [
    ...toolsets.map((name) => `import { ${name} } from '../src/toolsets/${name}/tools.ts'`),
    ...examples.map((name) => `import { ${name} } from '../src/examples/${name}/tools.ts'`),
  ]
  return [...imports, '', `export const toolsets = [${[...toolsets, ...examples].join(', ')}]`, ''].join('\n')
}
