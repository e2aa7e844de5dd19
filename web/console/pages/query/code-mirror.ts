/** CodeMirror as the SQL editor of this page. A file of its own, loaded when an editor is first shown. */

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { PostgreSQL } from '@codemirror/lang-sql'
import { bracketMatching, HighlightStyle, LanguageSupport, syntaxHighlighting } from '@codemirror/language'
import { lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { completions } from './completion.ts'
import type { Place } from './sql-text.ts'
import type { VisibleSchema } from './visible-schema.ts'

export interface EditorOptions {
  readonly text: string
  readonly label: string
  /** The name that completion is asked of. */
  schema(): VisibleSchema
  onChange(text: string): void
  onRun(): void
}

export interface Editor {
  /** Replaces the text. */
  setText(text: string): void
  /** Underlines a place, until the text changes, or nothing. */
  mark(problem: Problem | undefined): void
  /** Puts the cursor there, and the focus. */
  goTo(place: Place): void
  destroy(): void
}

export interface Problem extends Place {
  readonly message: string
}

/**
 * Draws the editor in a shadow root. There CodeMirror puts its style into a constructed style sheet, which
 * the page's policy allows; in the document it would write a `<style>`, which the policy refuses.
 */
export function createEditor(element: HTMLElement, options: EditorOptions): Editor {
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  const view = new EditorView({ root, parent: root, state: stateOf(options) })
  return {
    setText(text) {
      const { length } = view.state.doc
      view.dispatch({ changes: { from: 0, to: length, insert: text }, selection: { anchor: text.length } })
    },
    mark(problem) {
      const { length } = view.state.doc
      const isInside = problem !== undefined && problem.to <= length
      const diagnostics = isInside ? [{ ...problem, severity: 'error' as const }] : []
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    goTo({ from, to }) {
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true })
      view.focus()
    },
    destroy: () => view.destroy(),
  }
}

/** As many as are seen without scrolling, which the list's box cannot do by keyboard. */
const SHOWN_OPTIONS = 8

function stateOf({ text, label, schema, onChange, onRun }: EditorOptions): EditorState {
  const run = () => {
    onRun()
    return true
  }
  return EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      bracketMatching(),
      closeBrackets(),
      EditorView.lineWrapping,
      new LanguageSupport(PostgreSQL.language),
      autocompletion({
        override: [...completions(schema)],
        icons: false,
        maxRenderedOptions: SHOWN_OPTIONS,
      }),
      EditorView.domEventHandlers({
        beforeinput: typedOver,
        // What is still being asked for would open its list over another part of the page.
        blur: (_, view) => void closeCompletion(view),
      }),
      syntaxHighlighting(COLOURS),
      THEME,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) onChange(state.doc.toString())
      }),
      // Tab leaves the editor, as it leaves any field.
      keymap.of([
        { key: 'Mod-Enter', run, preventDefault: true },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...lintKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
    ],
  })
}

/**
 * Replaces a selection by what is typed. Left to do it, Chromium gives the new text the old one's look by a
 * style attribute, which the page's policy refuses and CodeMirror would take away.
 */
function typedOver(event: InputEvent, view: EditorView): boolean {
  const { state, composing } = view
  const { from, to, empty } = state.selection.main
  const { data, inputType } = event
  if (inputType !== 'insertText' || data === null || empty || composing) return false
  event.preventDefault()
  const insert = () =>
    state.update(state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true })
  const isHandled = state
    .facet(EditorView.inputHandler)
    .some((handle) => handle(view, from, to, data, insert))
  if (!isHandled) view.dispatch(insert())
  return true
}

// The variables are the page's, so that the theme is too.
const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--rg-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--rg-number)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--dim)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--rg-number)' },
])

const THEME = EditorView.theme({
  '&': {
    minHeight: '9rem',
    maxHeight: '50vh',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--ground)',
    color: 'var(--text)',
    fontSize: '13px',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '2px' },
  '.cm-scroller': { overflow: 'auto', fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'transparent', border: '0', color: 'var(--dim)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--rg-selected)',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad) 1.5px',
    textUnderlineOffset: '3px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mono)',
    maxHeight: 'none',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent-ground)',
    color: 'var(--on-accent)',
  },
  '.cm-completionDetail': { color: 'inherit', opacity: '0.85', fontStyle: 'normal' },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 10px', maxWidth: '32ch' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
})
