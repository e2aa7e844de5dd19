/** Selects the examples that `rowgate start` serves and `rowgate migrate` migrates. */

import { knownToolsets, readRowgateFile } from '../build/rowgate-file.ts'

export interface ServedExamples {
  /** Whether to serve core with every example, instead of what a deployment serves. */
  readonly all: boolean
  readonly names: readonly string[]
}

/**
 * All with `--examples`, and on the embedded Postgres of a project without `rowgate.yaml`. Otherwise those
 * that the file names. Throws a `Refusal` for an invalid file.
 */
export function servedExamples({ asked, embedded }: { asked: boolean; embedded: boolean }): ServedExamples {
  const file = readRowgateFile()
  const all = asked || (embedded && file === undefined)
  return { all, names: all ? knownToolsets().examples : (file?.examples ?? []) }
}
