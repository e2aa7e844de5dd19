/**
 * Limits regular expressions to those with few ways to match, because MongoDB's engine backtracks (ReDoS).
 * The work is at most `MAX_WAYS` times the text's length, times the length again for each `*`, `+` and
 * `{n,}`.
 */

/** Enough for a person's search. */
const MAX_CHARACTERS = 200
/** `a.*b.*c` is useful; each further one multiplies the work by the text's length. */
const MAX_UNBOUNDED = 2
const MAX_REPEATS = 100
/** The ways in which all `?`, `|` and `{n,m}` of a pattern together can match: each multiplies the work. */
const MAX_WAYS = 200

interface Group {
  /** Whether its content can match in more than one way. */
  varies: boolean
  /** Ways of the current alternative, and of those before it. */
  ways: number
  others: number
}

const newGroup = (): Group => ({ varies: false, ways: 1, others: 0 })

/** Returns why a pattern may not run, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_CHARACTERS) return `may have ${MAX_CHARACTERS} characters`
  if (pattern.includes('\0')) return 'may not contain NUL'
  let unbounded = 0
  let group = newGroup()
  const outer: Group[] = []
  let closed = false
  for (let i = 0; i < pattern.length; i++) {
    const rest = pattern.slice(i)
    const wasClosed = closed
    closed = false
    const char = pattern[i]
    if (char === '\\') {
      if (!/^\\(?:[dDwWsSbBnrt]|[^a-zA-Z0-9])/.test(rest))
        return 'may only escape signs and \\d \\w \\s \\b \\n \\r \\t'
      i += 1
      continue
    }
    if (char === '[') {
      const set = /^\[\^?\]?(?:\\.|[^\]\\[])*\]/.exec(rest)?.[0]
      if (set === undefined) return 'holds a set that is not closed, or a named one'
      i += set.length - 1
      continue
    }
    if (char === '(') {
      if (rest.startsWith('(*') || (rest.startsWith('(?') && !rest.startsWith('(?:')))
        return 'may have plain groups only: no look-around, names, options, calls or verbs'
      if (rest.startsWith('(?:')) i += 2
      outer.push(group)
      group = newGroup()
      continue
    }
    if (char === ')') {
      const inner = group
      const around = outer.pop()
      if (around === undefined) return 'closes a group that was not opened'
      closed = true
      group = around
      if (inner.varies) group.varies = true
      group.ways *= inner.ways + inner.others
      if (inner.varies && /^\)(?:[*+]|\{)/.test(rest)) return 'repeats a group that itself repeats or chooses'
      continue
    }
    if (char === '|') {
      group.varies = true
      group.others += group.ways
      group.ways = 1
    }
    if (char === '?') {
      group.varies = true
      group.ways *= 2
    }
    const quantifier = /^(?:[*+]|\{(\d*)(,?)(\d*)\})/.exec(rest)
    if (quantifier === null) continue
    const [text, least, comma, most] = quantifier
    if (text.startsWith('{') && /\d{4,}/.test(text)) return `may repeat ${MAX_REPEATS} times`
    if (Number(most || /\d+/.exec(text)?.[0] || 0) > MAX_REPEATS) return `may repeat ${MAX_REPEATS} times`
    if (wasClosed && text.startsWith('{')) return 'may not count how often a group repeats'
    if (!text.startsWith('{') || (comma !== '' && most === '')) unbounded += 1
    if (unbounded > MAX_UNBOUNDED) return `may hold ${MAX_UNBOUNDED} of *, + and {n,}`
    if (comma !== '' && most) group.ways *= Math.max(1, Number(most) - Number(least) + 1)
    group.varies = true
    i += text.length - 1
  }
  if (outer.length > 0) return 'opens a group that is not closed'
  if (group.ways + group.others > MAX_WAYS)
    return `may match in ${MAX_WAYS} ways: \`?\`, \`|\` and \`{n,m}\` multiply, and this one has more`
  return undefined
}
