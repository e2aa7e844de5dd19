/** Texts: lists of words, and cutting what a caller wrote. */

/** The words of a text that is laid out in lines: a list that a formatter leaves as it is. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

/** Characters of a caller's own name that an error repeats. */
const MAX_SHOWN_CHARACTERS = 64

/**
 * A name that a caller wrote, cut so that an error stays an error's length, and never in the middle of a
 * character.
 */
export function clip(name: string): string {
  if (name.length <= MAX_SHOWN_CHARACTERS) return name
  return `${name.slice(0, MAX_SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '')}…`
}
