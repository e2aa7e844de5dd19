/** Skips tests of shared behaviour that use an example's tools, when that example was deleted. */

import { toolsets } from '../../src/with-examples.ts'

/** Whether one of these toolsets is not listed. */
export function absent(...names: string[]): boolean {
  return names.some((name) => !toolsets.some((toolset) => toolset.name === name))
}
