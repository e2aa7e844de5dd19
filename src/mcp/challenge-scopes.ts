/**
 * Scopes in the 401 challenge: those that the tools under this URL need to read. A scope for writing is asked
 * for when a call needs it (403).
 */

import type { Registry } from './registry.ts'
import { EVERYTHING, readSelection } from './selection.ts'

/** `search` is the URL's query string. A query string that the endpoint would refuse counts as empty. */
export function createChallengeScopes(registry: Registry): (search: string) => readonly string[] {
  const names = registry.toolsets.map(({ name }) => name)
  return function challengeScopes(search) {
    const verdict = readSelection(search, names)
    const tools = registry.selected(verdict.ok ? verdict.selection : EVERYTHING)
    const reading = tools.filter(({ annotations }) => annotations.readOnlyHint)
    // For toolsets that only write, all scopes: without `scope` a client would ask for every scope in the
    // metadata.
    const asked = reading.length > 0 ? reading : tools
    const scopes = new Set(asked.map(({ scope }) => scope))
    return registry.scopes.filter((scope) => scopes.has(scope))
  }
}
