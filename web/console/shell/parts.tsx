/** Parts that several pages use. */

import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { logIn } from '../login/session.ts'
import { CallError, ToolFailure } from '../mcp/client.ts'
import { Icon, type IconName } from './icons.tsx'

interface HeaderProps {
  readonly title: string
  readonly about?: ComponentChildren
  readonly children?: ComponentChildren
}

export function PageHeader({ title, about, children }: HeaderProps): JSX.Element {
  return (
    <header class="page-header">
      <div>
        <h1>{title}</h1>
        {about !== undefined && <p class="about">{about}</p>}
      </div>
      {children !== undefined && <div class="actions">{children}</div>}
    </header>
  )
}

/** The title of a list, which is the page's own while nothing in the list is chosen. */
export function ListTitle({
  text,
  isPage,
}: {
  readonly text: string
  readonly isPage: boolean
}): JSX.Element {
  return isPage ? <h1>{text}</h1> : <h2 class="list-title">{text}</h2>
}

interface EmptyProps {
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
}

export function Empty({ icon, title, children }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  )
}

export function Waiting({ what }: { readonly what: string }): JSX.Element {
  return (
    <p class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      {what}
    </p>
  )
}

/** Says what went wrong and what to do about it. */
export function Problem({
  error,
  again,
}: {
  readonly error: unknown
  readonly again?: () => void
}): JSX.Element {
  const code = error instanceof ToolFailure ? error.error.code : undefined
  const message = error instanceof Error ? error.message : 'Something went wrong in this page.'
  const scopes = error instanceof CallError && error.code === 'scope' ? error.scopes : []
  return (
    <div class="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          {code !== undefined && <span class="code">{code}</span>} {message}
        </p>
        {scopes.length > 0 && (
          <p>
            It needs <Scopes names={scopes} />
          </p>
        )}
        {scopes.length > 0 && (
          <button type="button" class="button" onClick={() => void logIn({ readOnly: false, scopes })}>
            Ask for it at the login
          </button>
        )}
        {again !== undefined && scopes.length === 0 && (
          <button type="button" class="button" onClick={again}>
            Try again
          </button>
        )}
      </div>
    </div>
  )
}

function Scopes({ names }: { readonly names: readonly string[] }): JSX.Element {
  return (
    <>
      {names.map((name) => (
        <>
          <code key={name}>{name}</code>{' '}
        </>
      ))}
    </>
  )
}

/** Time for which "Copied" is shown, in milliseconds. */
const COPIED_MS = 1_500

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <button type="button" class="button small" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} />
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </button>
  )
}

interface ScrollAreaProps {
  readonly label: string
  readonly class?: string
  readonly children: ComponentChildren
}

/**
 * Content that may be wider or longer than the page. Without a mouse it is scrolled once it has the focus.
 */
export function ScrollArea({ label, class: name = 'scroll-area', children }: ScrollAreaProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no element is a group of anything but form controls.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <div role="group" class={name} tabIndex={0} aria-label={label}>
      {children}
    </div>
  )
}

interface SwitchProps {
  readonly label: string
  readonly about: string
  readonly checked: boolean
  readonly change: (checked: boolean) => void
}

export function Switch({ label, about, checked, change }: SwitchProps): JSX.Element {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        onChange={({ currentTarget }) => change(currentTarget.checked)}
      />
      <span>
        {label}
        <small>{about}</small>
      </span>
    </label>
  )
}

/** A line or more to be copied. */
export function Snippet({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  return (
    <figure class="snippet">
      <figcaption>
        <span>{label}</span>
        <CopyButton text={text} />
      </figcaption>
      <ScrollArea label={label}>
        <pre>{text}</pre>
      </ScrollArea>
    </figure>
  )
}

interface TabsProps<Name extends string> {
  readonly label: string
  readonly tabs: readonly (readonly [name: Name, label: string])[]
  readonly chosen: Name
  readonly choose: (name: Name) => void
}

/** A tab list of which the arrow keys choose (ARIA Authoring Practices). */
export function Tabs<Name extends string>({ label, tabs, chosen, choose }: TabsProps<Name>): JSX.Element {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const at = tabs.findIndex(([name]) => name === chosen)
    const [next] = tabs[(at + step + tabs.length) % tabs.length] ?? [chosen]
    choose(next)
    event.preventDefault()
    const list = event.currentTarget as HTMLElement
    requestAnimationFrame(() => list.querySelector<HTMLElement>('[aria-selected=true]')?.focus())
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map(([name, text]) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => choose(name)}
        >
          {text}
        </button>
      ))}
    </div>
  )
}
