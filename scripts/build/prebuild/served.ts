/**
 * Generates the module that imports the served toolsets and holds the sources: workerd cannot read YAML, and
 * other toolsets are not bundled.
 */

import type { RowgateFile } from '../../../src/infra/config/rowgate-file.ts'
import type { DeclaredSource } from '../../../src/infra/config/sources.ts'
import type { Known } from '../rowgate-file.ts'

/** A toolset's folder, its name and the export of its `tools.ts` are the same word. */
export function servedModule(
  file: RowgateFile | undefined,
  known: Known,
  sources: readonly DeclaredSource[] = [],
): string {
  if (file === undefined) return "export { toolsets } from '../src/toolsets/index.ts'\n"
  const { toolsets = known.toolsets, examples = [] } = file
  const imports = [
    ...toolsets.map((name) => `import { ${name} } from '../src/toolsets/${name}/tools.ts'`),
    ...examples.map((name) => `import { ${name} } from '../src/examples/${name}/tools.ts'`),
  ]
  const exports = [
    `export const toolsets = [${[...toolsets, ...examples].join(', ')}]`,
    // JSON as a text is parsed sooner than a literal of its size.
    ...(sources.length > 0
      ? [`export const sources = JSON.parse(${JSON.stringify(JSON.stringify(sources))})`]
      : []),
  ]
  return [...imports, '', ...exports, ''].join('\n')
}
