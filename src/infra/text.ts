/** Word lists, and clipping of callers' names. */

/** Splits at white space. For word lists: the formatter would put an array's items one a line. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

/** Length to which an error clips a caller's name, in characters. */
const MAX_SHOWN_CHARACTERS = 64

/** Clips a name that a caller wrote, so that an error stays short. Never cuts inside a character. */
export function clip(name: string): string {
  if (name.length <= MAX_SHOWN_CHARACTERS) return name
  return `${name.slice(0, MAX_SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '')}…`
}
