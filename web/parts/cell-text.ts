/** A cell's text: cut and made visible for the screen, in full for an export. */

import type { Json } from './answer.ts'

/** Characters of a cell on the screen. More is seen when it is opened, and exported. */
const SHOWN_CHARACTERS = 300

/** Invisible characters, and those that turn the direction of what follows. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
/** First of Unicode's pictures of control characters. */
const PICTURES = 0x2400
const DELETE = 0x7f
const PICTURE_OF_DELETE = '\u2421'

/** In full, as text: what an export and a copy hold. Null has none. */
export function exportText(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** For one line on the screen. */
export function shownText(value: Json, most = SHOWN_CHARACTERS): string {
  const text = value === null ? 'null' : exportText(value)
  const cut = text.length > most ? `${text.slice(0, most)}…` : text
  return visible(cut)
}

/** With a picture or the number in place of each character that cannot be seen. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20) return String.fromCodePoint(PICTURES + code)
    if (code === DELETE) return PICTURE_OF_DELETE
    // A zero-width joiner is part of many emoji and of some scripts' spelling.
    if (code === 0x200d || code === 0x200c) return character
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
  })
}
