/** The frame of every page: where to go, who one is, and the theme. */

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icons.tsx'
import { pathTo } from './router.ts'
import { THEMES, type Theme, useTheme } from './theme.ts'

export interface Place {
  readonly name: string
  readonly label: string
  readonly icon: IconName
}

interface ShellProps {
  readonly places: readonly Place[]
  readonly here: string
  readonly user: string | undefined
  readonly readOnly: boolean
  readonly logOut: () => void
  readonly children: ComponentChildren
}

export function Shell({ places, here, user, readOnly, logOut, children }: ShellProps): JSX.Element {
  const [open, setOpen] = useState(false)
  const main = useRef<HTMLElement>(null)
  const label = places.find(({ name }) => name === here)?.label ?? ''
  useEffect(() => {
    document.title = `${label} · Rowgate`
    setOpen(false)
  }, [label])
  useEffect(() => {
    const closeOnEscape = ({ key }: KeyboardEvent) => key === 'Escape' && setOpen(false)
    addEventListener('keydown', closeOnEscape)
    return () => removeEventListener('keydown', closeOnEscape)
  }, [])
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <TopBar label={label} open={open} change={setOpen} />
      <aside class={open ? 'sidebar open' : 'sidebar'} id={SIDEBAR}>
        <Brand />
        <Pages places={places} here={here} />
        <div class="sidebar-end">
          <ThemeSwitch />
          <Person user={user} readOnly={readOnly} logOut={logOut} />
        </div>
      </aside>
      <main ref={main} tabIndex={-1} id="main">
        {children}
      </main>
    </div>
  )
}

const SIDEBAR = 'sidebar'

interface TopBarProps {
  readonly label: string
  readonly open: boolean
  readonly change: (open: boolean) => void
}

/** On a phone, where the menu is behind a button. */
function TopBar({ label, open, change }: TopBarProps): JSX.Element {
  return (
    <header class="topbar">
      <button
        type="button"
        class="button ghost"
        aria-expanded={open}
        aria-controls={SIDEBAR}
        onClick={() => change(!open)}
      >
        <Icon name={open ? 'close' : 'menu'} />
        <span class="visually-hidden">Menu</span>
      </button>
      <Brand />
      <span class="topbar-place">{label}</span>
    </header>
  )
}

function Pages({ places, here }: Pick<ShellProps, 'places' | 'here'>): JSX.Element {
  return (
    <nav aria-label="Pages">
      <ul>
        {places.map(({ name, label, icon }) => (
          <li key={name}>
            <a href={pathTo(name)} aria-current={name === here ? 'page' : undefined}>
              <Icon name={icon} />
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Person({ user, readOnly, logOut }: Pick<ShellProps, 'user' | 'readOnly' | 'logOut'>): JSX.Element {
  return (
    <div class="person">
      <span class="avatar" aria-hidden="true">
        {(user ?? '?').slice(0, 1).toUpperCase()}
      </span>
      <span class="person-name">
        <bdi title={user}>{user ?? 'Logged in'}</bdi>
        <small>{readOnly ? 'Read only' : 'Reads and writes'}</small>
      </span>
      <button type="button" class="button ghost" onClick={logOut} title="Log out">
        <Icon name="logout" />
        <span class="visually-hidden">Log out</span>
      </button>
    </div>
  )
}

export function Brand(): JSX.Element {
  return (
    <span class="brand">
      <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <rect x="2" y="2" width="20" height="20" rx="6" />
        <path d="M7 8.500h10M7 12h6.500M7 15.500h10" />
      </svg>
      Rowgate
    </span>
  )
}

const LABELS: Readonly<Record<Theme, readonly [label: string, icon: IconName]>> = {
  system: ['As the system', 'system'],
  light: ['Light', 'sun'],
  dark: ['Dark', 'moon'],
}

export function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useTheme()
  return (
    <fieldset class="theme">
      <legend class="visually-hidden">Theme</legend>
      {THEMES.map((name) => (
        <label key={name} title={LABELS[name][0]}>
          <input type="radio" name="theme" checked={theme === name} onChange={() => setTheme(name)} />
          <Icon name={LABELS[name][1]} />
          <span class="visually-hidden">{LABELS[name][0]}</span>
        </label>
      ))}
    </fieldset>
  )
}
