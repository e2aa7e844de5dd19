/** One cell, whole: text as it is written, JSON as a tree. */

import { useState } from 'preact/hooks'
import type { Column, Json } from './answer.ts'
import { exportText, visible } from './cell-text.ts'
import { CopyButton } from './copy-button.tsx'
import { JsonTree } from './json-tree.tsx'

/** Characters drawn of a long text: more takes a browser seconds. All of it is copied. */
const SHOWN_CHARACTERS = 100_000

interface CellViewProps {
  readonly column: Column | undefined
  readonly value: Json
  onClose(): void
}

export function CellView({ column, value, onClose }: CellViewProps) {
  const text = exportText(value)
  const [asTree, setTree] = useState(true)
  const parsed = typeof value === 'string' ? jsonIn(value) : value
  const isTree = typeof parsed === 'object' && parsed !== null
  const label = visible(column?.name ?? '')
  const escaped = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
  }
  return (
    <section class="rg-opened" aria-label={`Cell of ${label}`} onKeyDown={escaped}>
      <header>
        <h2>
          <bdi>{label}</bdi> <span class="rg-type">{column?.type}</span>
        </h2>
        <span class="rg-note">{text.length.toLocaleString()} characters</span>
        {isTree ? (
          <button type="button" class="rg-button" aria-pressed={asTree} onClick={() => setTree(!asTree)}>
            Tree
          </button>
        ) : null}
        <CopyButton text={() => text} />
        <button type="button" class="rg-button" onClick={onClose}>
          Close
        </button>
      </header>
      {isTree && asTree ? (
        <JsonTree value={parsed} label={`Value of ${label}`} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard.
        <pre tabIndex={0}>
          <bdi>{text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}</bdi>
        </pre>
      )}
      {text.length > SHOWN_CHARACTERS ? (
        <p class="rg-note">
          The first {SHOWN_CHARACTERS.toLocaleString()} are shown. Copy and exports have all.
        </p>
      ) : null}
    </section>
  )
}

/** A text that is a JSON object or list. */
function jsonIn(text: string): Json {
  if (!/^\s*[[{]/.test(text) || text.length > SHOWN_CHARACTERS) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
