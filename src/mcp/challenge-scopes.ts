/**
 * The scopes that a client without a token is told to ask for: those that the tools under its URL need to
 * read. A writing one is asked for when a call needs it (403).
 */

import type { Registry } from './registry.ts'
import { EVERYTHING, readSelection } from './selection.ts'

/** `search` is the URL's query string. One that the endpoint would refuse counts as none. */
export function createChallengeScopes(registry: Registry): (search: string) => readonly string[] {
  const names = registry.toolsets.map(({ name }) => name)
  return function challengeScopes(search) {
    const verdict = readSelection(search, names)
    const tools = registry.selected(verdict.ok ? verdict.selection : EVERYTHING)
    const reading = tools.filter(({ annotations }) => annotations.readOnlyHint)
    // Toolsets that only write: without a `scope` a client would ask for every scope of the metadata.
    const asked = reading.length > 0 ? reading : tools
    const scopes = new Set(asked.map(({ scope }) => scope))
    return registry.scopes.filter((scope) => scopes.has(scope))
  }
}
