/** JSON as a tree that opens. What is closed is not in the document. */

import { useState } from 'preact/hooks'
import type { Json } from './answer.ts'
import { shownText, visible } from './cell-text.ts'

/** Depth that is open at first. */
const OPEN_DEPTH = 2
/** Members shown of a list or object, and added by each press. */
const PAGE = 100
const SUMMARY_CHARACTERS = 80
const TEXT_CHARACTERS = 2_000

export function JsonTree({ value, label }: { value: Json; label: string }) {
  return (
    <section class="rg-tree" aria-label={label}>
      <Node name={undefined} value={value} depth={0} />
    </section>
  )
}

interface NodeProps {
  readonly name: string | undefined
  readonly value: Json
  readonly depth: number
}

function Node({ name, value, depth }: NodeProps) {
  if (typeof value !== 'object' || value === null) {
    return (
      <div class="rg-leaf">
        <Name name={name} />
        <Scalar value={value} />
      </div>
    )
  }
  return <Branch name={name} value={value} depth={depth} />
}

function Branch({ name, value, depth }: NodeProps & { value: Json[] | { [key: string]: Json } }) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH)
  const [most, setMost] = useState(PAGE)
  const count = Array.isArray(value) ? value.length : Object.keys(value).length
  const members = isOpen ? Object.entries(value).slice(0, most) : []
  return (
    <details class="rg-branch" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Name name={name} />
        <span class="rg-count">{Array.isArray(value) ? `[${count}]` : `{${count}}`}</span>
        {isOpen ? null : <bdi class="rg-preview">{shownText(value, SUMMARY_CHARACTERS)}</bdi>}
      </summary>
      {members.map(([key, member]) => (
        <Node key={key} name={key} value={member} depth={depth + 1} />
      ))}
      {isOpen && count > most ? (
        <button type="button" class="rg-button" onClick={() => setMost(most + PAGE)}>
          {Math.min(PAGE, count - most)} more of {count}
        </button>
      ) : null}
    </details>
  )
}

function Name({ name }: { name: string | undefined }) {
  return name === undefined ? null : <bdi class="rg-key">{visible(name)}</bdi>
}

function Scalar({ value }: { value: string | number | boolean | null }) {
  const kind = value === null ? 'null' : typeof value
  return <bdi class={`rg-value rg-of-${kind}`}>{shownText(value, TEXT_CHARACTERS)}</bdi>
}
