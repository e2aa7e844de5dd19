/**
 * Scopes in the 401 challenge: those that the tools under this URL need to read. A scope for writing is asked
 * for when a call needs it (403).
 */

import type { Registry } from './registry.ts'
import { EVERYTHING, readSelection } from './selection.ts'

/** `search` is the URL's query string. A query string that the endpoint would refuse counts as empty. */
export function createChallengeScopes(registry: Registry): (search: string) => readonly string[] {
  return function challengeScopes(search) {
    const verdict = readSelection(search, registry.names)
    const { tools, sources } = registry.selected(verdict.ok ? verdict.selection : EVERYTHING)
    const reading = tools.filter(({ annotations }) => annotations.readOnlyHint)
    // For toolsets that only write, all scopes: without `scope` a client would ask for every scope in the
    // metadata.
    const asked = reading.length > 0 ? reading : tools
    const ofSources = asked.some(({ on }) => on !== undefined) ? sources : []
    const scopes = new Set<string | undefined>([...asked, ...ofSources].map(({ scope }) => scope))
    return registry.scopes.filter((scope) => scopes.has(scope))
  }
}

/** Scopes that allow no change: those that no tool asks for which writes. */
export function readingScopes(registry: Registry): readonly string[] {
  const { tools } = registry.selected(EVERYTHING, 'console')
  const writing = new Set(
    tools.filter(({ annotations }) => !annotations.readOnlyHint).map(({ scope }) => scope),
  )
  return registry.scopes.filter((scope) => !writing.has(scope))
}
