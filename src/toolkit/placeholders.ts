/** Placeholders in a SQL text, told from what stands in strings, quoted names and comments. */

/**
 * Matches text that may hold anything (comments, quoted names, strings with and without escapes, dollar
 * quotes), casts, and the placeholders `$1` and `:name`. A colon behind a name, a number or a bracket is an
 * array's slice.
 */
const PIECE =
  /--[^\n\r]*|\/\*[\s\S]*?\*\/|"(?:[^"]|"")*"|\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$([a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$|::|(?<![\w$])\$\d+|(?<![\w\])$]):[a-z_]\w*/gi

export interface Split {
  /** One more than there are placeholders. */
  readonly texts: readonly string[]
  /** Without their sign: `1`, or `name`. */
  readonly placeholders: readonly string[]
}

/** Splits at the placeholders that begin with this sign. */
export function splitAt(sign: '$' | ':', text: string): Split {
  const texts: string[] = []
  const placeholders: string[] = []
  let end = 0
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (!/^(?:\$\d+|:[a-z_]\w*)$/i.test(piece) || !piece.startsWith(sign)) continue
    texts.push(text.slice(end, index))
    placeholders.push(piece.slice(1))
    end = index + piece.length
  }
  return { texts: [...texts, text.slice(end)], placeholders }
}
