/** Options and loop over the sources, for `plan`, `up`, `sync` and `down`. */

import { UsageError } from '../../cli/cli-error.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { withSourceOwner } from './owner.ts'
import { type DeclaredSource, declaredSources } from './source-plan.ts'

export interface SourceOptions {
  /** The owner's URL without a password; default: the one that was used before. */
  readonly url?: string | undefined
  /** One of the file's sources; default: all. */
  readonly source?: string | undefined
  /** Default: rowgate.yaml of the project. */
  readonly file?: string | undefined
  /** The data folder. */
  readonly directory: string
}

/** A declared source, and where its database is. */
export interface OwnedSource extends DeclaredSource {
  /** The owner's URL with its password; or `EMBEDDED`. */
  readonly url: string
}

export async function eachSource<T>(
  options: SourceOptions,
  work: (owner: Owner, source: OwnedSource) => Promise<T>,
): Promise<T[]> {
  const { directory, url } = options
  const sources = await declaredSources(options)
  if (url !== undefined && sources.length > 1) {
    throw new UsageError(
      `The URL is of one source, and rowgate.yaml has ${sources.map(({ name }) => name).join(', ')}: say which with --source.`,
    )
  }
  const results: T[] = []
  for (const source of sources) {
    const place = { directory, source: source.name }
    results.push(await withSourceOwner(place, url, (owner, url) => work(owner, { ...source, url })))
  }
  return results
}
