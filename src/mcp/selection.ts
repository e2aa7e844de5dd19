/**
 * The selection of tools by the URL: `?toolsets=a,b` and `?read_only=true`. It can only narrow what the token
 * allows.
 */

import { clip } from '../infra/text.ts'

export interface Selection {
  /** Sorted names, or undefined for all. */
  readonly toolsets: readonly string[] | undefined
  readonly readOnly: boolean
}

export type SelectionVerdict = { ok: true; selection: Selection } | { ok: false; message: string }

export const EVERYTHING: Selection = { toolsets: undefined, readOnly: false }

/** Parses the query string. An unknown parameter or value is refused. */
export function readSelection(search: string, known: readonly string[]): SelectionVerdict {
  if (search === '' || search === '?') return { ok: true, selection: EVERYTHING }
  const parameters = new URLSearchParams(search)
  let toolsets: readonly string[] | undefined
  let readOnly = false
  for (const [name, value] of parameters) {
    if (parameters.getAll(name).length > 1) return refusal(`\`${clip(name)}\` is given twice.`)
    if (name === 'toolsets') {
      const names = value.split(',').map((entry) => entry.trim())
      const unknown = names.find((entry) => !known.includes(entry))
      if (unknown !== undefined) {
        return refusal(`Unknown toolset \`${clip(unknown)}\`. Known: ${known.join(', ')}.`)
      }
      toolsets = [...new Set(names)].sort()
    } else if (name === 'read_only') {
      if (value !== 'true' && value !== 'false') return refusal('`read_only` is `true` or `false`.')
      readOnly = value === 'true'
    } else {
      return refusal(`Unknown parameter \`${clip(name)}\`. Known: toolsets, read_only.`)
    }
  }
  return { ok: true, selection: { toolsets, readOnly } }
}

function refusal(message: string): SelectionVerdict {
  return { ok: false, message }
}
