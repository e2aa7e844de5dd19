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

const ESCAPE = /^\\(?:[dDwWsSbBnrt]|[^a-zA-Z0-9])/
const SET = /^\[\^?\]?(?:\\.|[^\]\\[])*\]/
const QUANTIFIER = /^(?:[*+]|\{(\d*)(,?)(\d*)\})/

const newGroup = (): Group => ({ varies: false, ways: 1, others: 0 })

/** Returns why a pattern may not run, or undefined. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_CHARACTERS) return `may have ${MAX_CHARACTERS} characters`
  if (pattern.includes('\0')) return 'may not contain NUL'
  const reader = new PatternReader()
  for (let at = 0; at < pattern.length; ) {
    const read = reader.next(pattern.slice(at))
    if (typeof read === 'string') return read
    at += read
  }
  return reader.end()
}

/** Reads a pattern from left to right, and counts the ways in which it can match. */
class PatternReader {
  #unbounded = 0
  #group = newGroup()
  readonly #outer: Group[] = []
  /** Whether a group has just been closed. */
  #closed = false

  /** Reads the beginning of `rest`. Returns its length, or why it may not be there. */
  next(rest: string): number | string {
    const wasClosed = this.#closed
    this.#closed = false
    switch (rest[0]) {
      case '\\':
        return ESCAPE.test(rest) ? 2 : 'may only escape signs and \\d \\w \\s \\b \\n \\r \\t'
      case '[':
        return SET.exec(rest)?.[0].length ?? 'has a set that is not closed, or a named one'
      case '(':
        return this.#open(rest)
      case ')':
        return this.#close(rest)
      case '|':
        this.#group.others += this.#group.ways
        this.#group.ways = 1
        this.#group.varies = true
        return 1
      case '?':
        this.#group.ways *= 2
        this.#group.varies = true
        return 1
      default:
        return this.#quantifier(rest, wasClosed)
    }
  }

  end(): string | undefined {
    if (this.#outer.length > 0) return 'opens a group that is not closed'
    if (this.#group.ways + this.#group.others <= MAX_WAYS) return undefined
    return `may match in ${MAX_WAYS} ways: \`?\`, \`|\` and \`{n,m}\` multiply, and this one has more`
  }

  #open(rest: string): number | string {
    const isPlain = rest.startsWith('(?:')
    if (rest.startsWith('(*') || (rest.startsWith('(?') && !isPlain))
      return 'may have plain groups only: no look-around, names, options, calls or verbs'
    this.#outer.push(this.#group)
    this.#group = newGroup()
    return isPlain ? 3 : 1
  }

  #close(rest: string): number | string {
    const inner = this.#group
    const around = this.#outer.pop()
    if (around === undefined) return 'closes a group that was not opened'
    if (inner.varies && /^\)(?:[*+]|\{)/.test(rest)) return 'repeats a group that itself repeats or chooses'
    if (inner.varies) around.varies = true
    around.ways *= inner.ways + inner.others
    this.#group = around
    this.#closed = true
    return 1
  }

  #quantifier(rest: string, wasClosed: boolean): number | string {
    const quantifier = QUANTIFIER.exec(rest)
    if (quantifier === null) return 1
    const [text, least, comma, most] = quantifier
    const isCounted = text.startsWith('{')
    if (isCounted && /\d{4,}/.test(text)) return `may repeat ${MAX_REPEATS} times`
    if (Number(most || /\d+/.exec(text)?.[0] || 0) > MAX_REPEATS) return `may repeat ${MAX_REPEATS} times`
    if (wasClosed && isCounted) return 'may not count how often a group repeats'
    if (!isCounted || (comma !== '' && most === '')) this.#unbounded += 1
    if (this.#unbounded > MAX_UNBOUNDED) return `may have ${MAX_UNBOUNDED} of *, + and {n,}`
    if (comma !== '' && most) this.#group.ways *= Math.max(1, Number(most) - Number(least) + 1)
    this.#group.varies = true
    return text.length
  }
}
