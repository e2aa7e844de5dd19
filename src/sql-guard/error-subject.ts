/**
 * The `subject` of an error in a caller's SQL: the name, literal or operator at the position that Postgres
 * gave. It is cut out of the caller's own text; Postgres' message, which may hold anything, is not used.
 */

const PART = /(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)/u.source
/** A name with its qualifiers. */
const NAME = new RegExp(`^${PART}(?:\\s*\\.\\s*${PART})*`, 'u')
/** A string, or a number such as a column's in ORDER BY. */
const LITERAL = /^(?:'(?:[^']|'')*'|\d+(?:\.\d+)?)/
const OPERATOR = /^[-+*/<>=~!@#%^&|`?]+/

/** Characters. A name has at most 63 in Postgres, and three names make a column. */
const MAX_SUBJECT = 200

/** `at` counts characters from 0 as Postgres does, not the UTF-16 units of a JavaScript string. */
export function subjectAt(query: string, at: number): string | undefined {
  if (at < 0) return undefined
  const rest = [...query].slice(at, at + MAX_SUBJECT).join('')
  return LITERAL.exec(rest)?.[0] ?? NAME.exec(rest)?.[0] ?? OPERATOR.exec(rest)?.[0]
}
