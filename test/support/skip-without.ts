/** Tests of what all toolsets share borrow the tools of some: where such a toolset was deleted, they are skipped. */

import { toolsets } from '../../src/toolsets/index.ts'

/** Whether one of these toolsets is not in the list. */
export function absent(...names: string[]): boolean {
  return names.some((name) => !toolsets.some((toolset) => toolset.name === name))
}
