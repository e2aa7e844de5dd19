/** Which regular expressions may run: those whose work grows no faster than the text, whatever the text is. */

/** Enough for what a person searches for. */
const MAX_CHARACTERS = 200
/** `a.*b.*c` is asked for; each further one multiplies the work by the text's length. */
const MAX_UNBOUNDED = 2
const MAX_REPEATS = 100

/** Undefined when it may run; otherwise why not. */
export function faultOfPattern(pattern: string): string | undefined {
  if (pattern.length > MAX_CHARACTERS) return `may have ${MAX_CHARACTERS} characters`
  if (pattern.includes('\0')) return 'may not hold NUL'
  let unbounded = 0
  /** For each open group, whether what it holds can match in more than one way. */
  const groups: boolean[] = [false]
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
        return 'may hold plain groups only: no look-around, names, options, calls or verbs'
      if (rest.startsWith('(?:')) i += 2
      groups.push(false)
      continue
    }
    if (char === ')') {
      const varies = groups.pop() ?? false
      if (groups.length === 0) return 'closes a group that was not opened'
      closed = true
      if (varies) groups[groups.length - 1] = true
      if (varies && /^\)(?:[*+]|\{)/.test(rest)) return 'repeats a group that itself repeats or chooses'
      continue
    }
    if (char === '|') groups[groups.length - 1] = true
    const quantifier = /^(?:[*+]|\{\d*(,?)(\d*)\})/.exec(rest)
    if (char === '?') groups[groups.length - 1] = true
    if (quantifier === null) continue
    const [text, comma, most] = quantifier
    if (text.startsWith('{') && /\d{4,}/.test(text)) return `may repeat ${MAX_REPEATS} times`
    if (Number(most || /\d+/.exec(text)?.[0] || 0) > MAX_REPEATS) return `may repeat ${MAX_REPEATS} times`
    if (wasClosed && text.startsWith('{')) return 'may not count how often a group repeats'
    if (!text.startsWith('{') || (comma !== '' && most === '')) unbounded += 1
    if (unbounded > MAX_UNBOUNDED) return `may hold ${MAX_UNBOUNDED} of *, + and {n,}`
    groups[groups.length - 1] = true
    i += text.length - 1
  }
  return groups.length === 1 ? undefined : 'opens a group that is not closed'
}
