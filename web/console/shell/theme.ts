/** Light, dark, or as the system is. */

import { useEffect, useState } from 'preact/hooks'

const KEY = 'rowgate.theme'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(kept)
  useEffect(() => apply(theme), [theme])
  return [
    theme,
    (chosen) => {
      localStorage.setItem(KEY, chosen)
      setTheme(chosen)
    },
  ]
}

function kept(): Theme {
  const text = localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === text) ?? 'system'
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
