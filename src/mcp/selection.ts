/**
 * The selection of tools and sources by the URL: `?toolsets=a,b`, `?sources=a,b` and `?read_only=true`. It
 * can only narrow what the token allows.
 */

import { clip } from '../infra/text.ts'

export interface Selection {
  /** Sorted names, or undefined for all. */
  readonly toolsets: readonly string[] | undefined
  /** The same of sources. */
  readonly sources: readonly string[] | undefined
  readonly readOnly: boolean
}

export type SelectionVerdict = { ok: true; selection: Selection } | { ok: false; message: string }

export const EVERYTHING: Selection = { toolsets: undefined, sources: undefined, readOnly: false }

/** Names that a URL may use. */
export interface KnownNames {
  readonly toolsets: readonly string[]
  readonly sources: readonly string[]
}

/** Parses the query string. An unknown parameter or value is refused. */
export function readSelection(search: string, known: KnownNames): SelectionVerdict {
  if (search === '' || search === '?') return { ok: true, selection: EVERYTHING }
  const parameters = new URLSearchParams(search)
  let selection = EVERYTHING
  for (const [name, value] of parameters) {
    if (parameters.getAll(name).length > 1) return refusal(`\`${clip(name)}\` is given twice.`)
    if (name === 'toolsets' || name === 'sources') {
      const names = value.split(',').map((entry) => entry.trim())
      const unknown = names.find((entry) => !known[name].includes(entry))
      if (unknown !== undefined) {
        const kind = name.slice(0, -1)
        return refusal(`Unknown ${kind} \`${clip(unknown)}\`. Known: ${known[name].join(', ')}.`)
      }
      selection = { ...selection, [name]: [...new Set(names)].sort() }
    } else if (name === 'read_only') {
      if (value !== 'true' && value !== 'false') return refusal('`read_only` is `true` or `false`.')
      selection = { ...selection, readOnly: value === 'true' }
    } else {
      return refusal(`Unknown parameter \`${clip(name)}\`. Known: toolsets, sources, read_only.`)
    }
  }
  return { ok: true, selection }
}

function refusal(message: string): SelectionVerdict {
  return { ok: false, message }
}
