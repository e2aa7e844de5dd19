/**
 * Tokeniser: a statement's names, keywords, brackets and commas with their positions, as Postgres' scanner
 * finds them outside strings and comments. The syntax tree has no positions of keywords, so this finds where
 * a clause begins and ends.
 */

export interface Token {
  /** As it is written. After a dot a word is never a keyword. */
  readonly text: string
  /** The word in lower case, if it may be a keyword; '' for every other token. */
  readonly keyword: string
  /** The index in the text, in UTF-16 units. */
  readonly at: number
  /** Number of brackets around it; a bracket itself counts as outside. */
  readonly depth: number
  /** Position of the innermost opening bracket around it; -1 without one. */
  readonly group: number
}

/**
 * Tokens with arbitrary content (comments, quoted names, strings with and without escapes, dollar quotes),
 * then names and signs.
 */
const PIECE =
  /--[^\n\r]*|\/\*|"(?:[^"]|"")*"|\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$([a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|[.,()[\]]/gi
const COMMENT_EDGE = /\/\*|\*\//g
const TOKEN = /^[a-z_\u0080-\uffff"(),[\]]/i
const WORD = /^[a-z_]/i

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const opened: number[] = []
  const pieces = new RegExp(PIECE)
  let afterDot = false
  for (let piece = pieces.exec(text); piece !== null; piece = pieces.exec(text)) {
    const [token] = piece
    if (token === ')' || token === ']') opened.pop()
    if (token === '/*') {
      pieces.lastIndex = endOfComment(text, piece.index)
    } else if (TOKEN.test(token) && !token.endsWith("'")) {
      const keyword = WORD.test(token) && !afterDot ? token.toLowerCase() : ''
      tokens.push({ text: token, keyword, at: piece.index, depth: opened.length, group: opened.at(-1) ?? -1 })
    }
    if (token === '(' || token === '[') opened.push(piece.index)
    afterDot = token === '.'
  }
  return tokens
}

/** Comments nest. An unterminated one reaches to the end of the text. */
function endOfComment(text: string, start: number): number {
  const edges = new RegExp(COMMENT_EDGE)
  edges.lastIndex = start
  let depth = 0
  for (let edge = edges.exec(text); edge !== null; edge = edges.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1
    if (depth === 0) return edges.lastIndex
  }
  return text.length
}
