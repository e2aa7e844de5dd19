/** Takes the client's theme, its style variables and its measures over to the page. */

import type { McpUiHostContext } from '@modelcontextprotocol/ext-apps'

/** Room of the page around a grid that fills it. */
const AROUND_GRID_PX = 96
const LEAST_GRID_PX = 140
const INLINE_GRID_PX = 360

/** Only names that the specification has the form of, so that a client sets nothing else. */
const VARIABLE = /^--(?:color|font|border|shadow)-[a-z0-9-]+$/

export function applyContext(root: HTMLElement, context: McpUiHostContext): void {
  const { theme, styles, locale, safeAreaInsets: insets, displayMode, containerDimensions } = context
  if (theme === 'light' || theme === 'dark') {
    root.style.colorScheme = theme
    root.dataset.theme = theme
  }
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (VARIABLE.test(name) && typeof value === 'string') root.style.setProperty(name, value)
  }
  if (typeof locale === 'string') root.lang = locale
  if (insets !== undefined) {
    root.style.padding = [insets.top, insets.right, insets.bottom, insets.left]
      .map((inset) => `${Number(inset)}px`)
      .join(' ')
  }
  root.style.setProperty('--rg-grid-height', gridHeight(displayMode, containerDimensions))
}

function gridHeight(
  mode: McpUiHostContext['displayMode'],
  room: McpUiHostContext['containerDimensions'],
): string {
  if (mode === 'fullscreen') return `max(${LEAST_GRID_PX}px, calc(100vh - ${AROUND_GRID_PX}px))`
  const most = room === undefined ? undefined : 'height' in room ? room.height : room.maxHeight
  const height = Number.isFinite(most)
    ? Math.min(INLINE_GRID_PX, Number(most) - AROUND_GRID_PX)
    : INLINE_GRID_PX
  return `${Math.max(LEAST_GRID_PX, height)}px`
}
