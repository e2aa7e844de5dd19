/** Skips tests of shared behaviour that use an example's tools or files, when that example was deleted. */

import { existsSync } from 'node:fs'

import { toolsets } from '../../src/with-examples.ts'

/** Whether one of these toolsets is not listed. */
export function absent(...names: string[]): boolean {
  return names.some((name) => !toolsets.some((toolset) => toolset.name === name))
}

const examplesDeleted = !existsSync(new URL('../../src/examples/', import.meta.url))

/** Whether the file went with the examples, all of which were deleted. */
export function wentWithExamples(path: string): boolean {
  return examplesDeleted && /\bexamples\b|\/netflix-/.test(path)
}
