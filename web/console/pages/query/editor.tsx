/** The SQL editor, and a plain field in its place until it is loaded or where it cannot be. */

import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Editor, Problem } from './code-mirror.ts'
import type { VisibleSchema } from './visible-schema.ts'

interface SqlEditorProps {
  /** Of the plain field, and what the editor begins with: from then on the text is the editor's. */
  readonly text: string
  readonly schema: VisibleSchema
  readonly problem: Problem | undefined
  readonly change: (text: string) => void
  readonly run: () => void
  /** Given the editor once it is there. */
  readonly opened: (editor: Editor) => void
}

const LABEL = 'SQL'

export function SqlEditor(props: SqlEditorProps): JSX.Element {
  const { text, problem, change } = props
  const place = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  const [editor, setEditor] = useState<Editor>()
  useEffect(() => {
    let created: Editor | undefined
    let isGone = false
    const open = async () => {
      const { createEditor } = await import('./code-mirror.ts')
      if (isGone || place.current === null) return
      created = createEditor(place.current, {
        text: latest.current.text,
        label: LABEL,
        schema: () => latest.current.schema,
        onChange: (changed) => latest.current.change(changed),
        onRun: () => latest.current.run(),
      })
      setEditor(created)
      latest.current.opened(created)
    }
    // Without it the plain field stays, and everything else works.
    open().catch(() => undefined)
    return () => {
      isGone = true
      created?.destroy()
    }
  }, [])
  useEffect(() => editor?.mark(problem), [editor, problem])
  return (
    <div class="sql-editor">
      <div ref={place} />
      {editor === undefined && (
        <textarea
          aria-label={LABEL}
          rows={7}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
    </div>
  )
}
