/** Reads SQL as far as a form needs: without its strings and comments. */

/** Strings, names in quotes and comments; one without an end goes to the end of the text. */
const NOT_CODE =
  /\b[eE]'(?:\\.|''|[^'\\])*(?:'|$)|'(?:''|[^'])*(?:'|$)|"(?:""|[^"])*(?:"|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(\$\w*\$)[\s\S]*?(?:\1|$)/gs
const MOST_PARAMETERS = 100
const PLACEHOLDER = /(?<![\w$])\$(\d{1,3})\b/g

/** The same length, with spaces in place of what is not code. */
function codeOnly(sql: string): string {
  return sql.replace(NOT_CODE, (text) => ' '.repeat(text.length))
}

/** The highest of `$1`, `$2` and so on, up to the most that the server takes. */
export function parameterCount(sql: string): number {
  const numbers = [...codeOnly(sql).matchAll(PLACEHOLDER)].map(([, number]) => Number(number))
  return Math.min(MOST_PARAMETERS, Math.max(0, ...numbers))
}

/** Offsets into a text, as JavaScript counts them. */
export interface Place {
  readonly from: number
  readonly to: number
}

/** A word, number, string or run of operators: what is underlined where only the beginning is known. */
const TOKEN = /^(?:[\p{L}_][\p{L}\p{N}_$]*|[\d.]+|'(?:''|[^'])*'?|"(?:""|[^"])*"?|[-+*/<>=~!@#%^&|`?:]+|.)/su

/** Characters with a meaning in a regular expression. */
const SPECIAL = /[\\^$.*+?()[\]{}|]/g

/** Where an error of the server's is: its `position`, else the first place of its `subject` in the code. */
export function placeOf(
  sql: string,
  { position, subject }: Readonly<Record<string, unknown>>,
): Place | undefined {
  const named = typeof subject === 'string' && subject !== '' ? subject : undefined
  if (typeof position === 'number' && position > 0) {
    // Postgres counts characters, and JavaScript halves of those outside the basic plane.
    const from = [...sql].slice(0, position - 1).join('').length
    const rest = sql.slice(from)
    // At the end of the text an error has nothing to stand under but what is before it.
    if (rest.trim() === '') return lastToken(sql)
    return {
      from,
      to: from + (named && rest.startsWith(named) ? named : (TOKEN.exec(rest)?.[0] ?? '')).length,
    }
  }
  if (named === undefined) return undefined
  const from = codeOnly(sql).search(wholeWord(named))
  return from === -1 ? undefined : { from, to: from + named.length }
}

/** Finds a name, but not inside a longer one. */
function wholeWord(text: string): RegExp {
  const exact = text.replaceAll(SPECIAL, '\\$&')
  return new RegExp(/^\w+$/.test(text) ? `\\b${exact}\\b` : exact, 'i')
}

function lastToken(sql: string): Place | undefined {
  const end = sql.trimEnd().length
  const from = sql.slice(0, end).search(/\S+$/)
  return from === -1 ? undefined : { from, to: end }
}

/** In words, as an editor shows it. */
export function placeInWords(sql: string, { from }: Place): string {
  const before = sql.slice(0, from).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}
