/** Positions of the ORDER BY and of the columns in a statement's text. */

import { list, type Message, nodesBelow } from './parser/syntax-tree.ts'
import { type Token, tokensOf } from './parser/tokens.ts'

/** The ORDER BY of a whole statement, as indexes in its text. */
export interface Clause {
  /** Start of the ordered SELECT: its opening bracket, or the beginning of the text. */
  readonly start: number
  /** Start of the word ORDER. */
  readonly order: number
  /** End of the last sort key. */
  readonly end: number
  readonly tokens: readonly Token[]
}

/** Reserved words that end an ORDER BY. */
const AFTER_KEYS: ReadonlySet<string> = new Set(['limit', 'offset', 'fetch', 'for'])
/** Reserved words that end a list of columns. */
const AFTER_COLUMNS: ReadonlySet<string> = new Set(['from', 'where', 'group', 'having', 'window', 'order'])

/** `offset` is the byte position of `query` in the parsed text. */
export function orderClause(query: string, statement: Message, offset: number): Clause | undefined {
  const firstKey = firstPlace(query, list(statement.sortClause)[0], offset)
  const tokens = tokensOf(query)
  const order = tokens.findLast(({ keyword, at }) => keyword === 'order' && at < firstKey)
  if (order === undefined) return undefined
  const next = tokens.find((token) => token.at >= firstKey && endsKeys(token, order))
  return { start: order.group + 1, order: order.at, end: next?.at ?? query.length, tokens }
}

function endsKeys({ keyword, depth }: Token, order: Token): boolean {
  return depth < order.depth || (depth === order.depth && AFTER_KEYS.has(keyword))
}

/**
 * The text of each column of a SELECT, without its alias; undefined where they are ambiguous. The
 * caller must compare the meaning of the texts with the tree: an alias may be any word.
 */
export function columnTexts(
  query: string,
  targets: readonly (Message | undefined)[],
  { start, order, tokens }: Clause,
): readonly string[] | undefined {
  const depth = tokens.find(({ at }) => at === order)?.depth ?? 0
  const own = tokens.filter((token) => token.depth === depth && token.at >= start && token.at <= order)
  const select = own.findLastIndex(({ keyword }) => keyword === 'select')
  const after = own.slice(select + 1)
  const last = after.findIndex(
    ({ keyword }, at) =>
      AFTER_COLUMNS.has(keyword) && !(keyword === 'from' && after[at - 1]?.keyword === 'distinct'),
  )
  const first = columnsStart(own, select)
  if (select < 0 || last < 0 || first === undefined) return undefined
  const commas = after.slice(0, last).filter(({ text, at }) => text === ',' && at >= first)
  const starts = [first, ...commas.map(({ at }) => at + 1)]
  if (starts.length !== targets.length) return undefined
  const ends = [...commas.map(({ at }) => at), after[last]?.at ?? order]
  return starts.map((from, at) => query.slice(from, labelStart(tokens, targets[at], from, ends[at] ?? order)))
}

/** Position after SELECT, and after ALL or DISTINCT ON (…). */
function columnsStart(own: readonly Token[], select: number): number | undefined {
  const [word, second] = [own[select], own[select + 1]]
  if (word === undefined) return undefined
  if (second?.keyword === 'all') return second.at + second.text.length
  if (second?.keyword !== 'distinct') return word.at + word.text.length
  const close = own.slice(select + 1).find(({ text }) => text === ')')
  return close === undefined ? undefined : close.at + 1
}

/** End of a column's expression, where its alias begins: its last name, perhaps after AS. */
function labelStart(
  tokens: readonly Token[],
  target: Message | undefined,
  from: number,
  end: number,
): number {
  if (target?.name === undefined) return end
  const inside = tokens.filter(({ at }) => at >= from && at < end)
  const [before, label] = inside.slice(-2)
  if (label === undefined) return before?.at ?? end
  return before?.keyword === 'as' ? before.at : label.at
}

/** The first position in a subtree. A node's own position may be that of an operator in its middle. */
function firstPlace(query: string, tree: unknown, offset: number): number {
  let first = Number.POSITIVE_INFINITY
  for (const { kind, message } of nodesBelow(tree)) {
    const location = Number(message.location ?? 0)
    if (kind !== 'SortBy' && location > 0) first = Math.min(first, location)
  }
  return first === Number.POSITIVE_INFINITY ? -1 : indexOfByte(query, first - offset)
}

/** The parser counts bytes of UTF-8. */
function indexOfByte(query: string, byte: number): number {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return decoder.decode(new TextEncoder().encode(query).subarray(0, byte)).length
}
