/** A button that copies a text, also where a frame may not use the clipboard's API. */

import { useState } from 'preact/hooks'

/** Time for which a button says that it copied, in milliseconds. */
const SAID_MS = 1_500

export function CopyButton({ text, title }: { text(): string; title?: string }) {
  const [said, say] = useState('Copy')
  const copy = async () => {
    say((await copyText(text())) ? 'Copied' : 'Not copied')
    setTimeout(() => say('Copy'), SAID_MS)
  }
  return (
    <button type="button" class="rg-button" title={title} onClick={() => void copy()}>
      <span aria-live="polite">{said}</span>
    </button>
  )
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByCommand(text)
  }
}

/** The older way, which needs no permission: a copy event that a press caused. */
function copyByCommand(text: string): boolean {
  const fill = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  document.addEventListener('copy', fill, { capture: true, once: true })
  const done = document.execCommand('copy')
  document.removeEventListener('copy', fill, { capture: true })
  return done
}
