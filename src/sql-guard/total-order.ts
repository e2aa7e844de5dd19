/**
 * Completes a query's ORDER BY, so that different rows have a fixed order between pages. The caller's text
 * stays as it is. After its last sort key comes the row of all columns, compared byte by byte: that works for
 * types without an order, and distinguishes equal values such as 1.0 and 1.00. The new text is parsed again,
 * and must be the checked statement plus this key only.
 */

import { type Clause, columnTexts, orderClause } from './order-clause.ts'
import { parse } from './parser/parse.ts'
import {
  asNode,
  isMessage,
  list,
  type Message,
  messageOf,
  nameParts,
  nodesBelow,
  text,
} from './parser/syntax-tree.ts'

/** A query with a complete ORDER BY. */
export interface Completed {
  readonly text: string
  /** Characters at its beginning that are the caller's own, in their positions. */
  readonly unchanged: number
}

/** One column of the compared row: its text, and the tree that this text must have. */
interface Member {
  readonly text: string
  readonly node: unknown
}

/** A name that needs no escaping in quotes. */
const PLAIN_NAME = /^\w+$/
const BY_BYTES = 'using operator(pg_catalog.*<)'
/** The alias of a statement that is wrapped in a derived table to be ordered. */
const WHOLE = 'q'
/** Values that are the same in every row. */
const CONSTANTS: ReadonlySet<string> = new Set(['A_Const', 'ParamRef'])

/**
 * Returns the query with a complete ORDER BY; undefined where it cannot be completed. `statement` is its tree
 * and `offset` the byte position of `query` in the parsed text.
 */
export async function inTotalOrder(
  query: string,
  statement: Message,
  offset: number,
): Promise<Completed | undefined> {
  const clause = orderClause(query, statement, offset)
  // WITH TIES keeps rows that share the caller's last keys; one more key would drop them.
  if (clause === undefined || statement.limitOption === 'LIMIT_OPTION_WITH_TIES') return undefined
  const inside = takesAnyKey(statement) ? await completedInside(query, statement, clause) : undefined
  if (inside !== undefined || !ordersByOutput(statement)) return inside
  return await completedOutside(query, statement, clause)
}

async function completedInside(
  query: string,
  statement: Message,
  clause: Clause,
): Promise<Completed | undefined> {
  const members = membersOf(query, statement, clause)
  if (members === undefined) return undefined
  const key = `\n, row(${members.map(({ text }) => text).join('\n, ')}\n) ${BY_BYTES}\n`
  const completed = query.slice(0, clause.end) + key + query.slice(clause.end)
  const tree = await selectOf(completed)
  const keys = list(tree?.sortClause)
  const rest = { ...tree, sortClause: keys.slice(0, -1) }
  if (shapeOf(rest) !== shapeOf(statement) || !comparesRow(keys.at(-1), members)) return undefined
  return { text: completed, unchanged: [...query.slice(0, clause.end)].length }
}

/** Wraps the statement in a derived table, which takes any sort key. */
async function completedOutside(
  query: string,
  statement: Message,
  clause: Clause,
): Promise<Completed | undefined> {
  const { start, order, end } = clause
  const before = query.slice(0, start)
  const whole = star([WHOLE])
  const key = `\n, row(${whole.text}) ${BY_BYTES}\n`
  const completed = `${before}select * from (${query.slice(start, order)}\n) ${WHOLE} ${query.slice(order, end)}${key}${query.slice(end)}`
  const tree = await selectOf(completed)
  const inner = asNode(messageOf(list(tree?.fromClause)[0], 'RangeSubselect')?.subquery)
  if (tree === undefined || inner === undefined) return undefined
  const keys = list(tree.sortClause)
  const same =
    shapeOf(withoutOrder(inner.message)) === shapeOf(withoutOrder(statement)) &&
    shapeOf(orderOf({ ...tree, sortClause: keys.slice(0, -1) })) === shapeOf(orderOf(statement)) &&
    comparesRow(keys.at(-1), [whole])
  return same ? { text: completed, unchanged: [...before].length } : undefined
}

/** The columns that identify a row of the result; undefined where one cannot be named. */
function membersOf(query: string, statement: Message, clause: Clause): readonly Member[] | undefined {
  const targets = list(statement.targetList).map((target) => messageOf(target, 'ResTarget'))
  const texts = columnTexts(query, targets, clause)
  const members: Member[] = []
  for (const [at, target] of targets.entries()) {
    const node = asNode(target?.val)
    const [column] = texts?.slice(at) ?? []
    if (node === undefined || column === undefined) return undefined
    if (CONSTANTS.has(node.kind)) continue
    if (!isBareStar(node.message)) {
      members.push({ text: column, node: target?.val })
      continue
    }
    const sources = list(statement.fromClause).flatMap(namesOf)
    if (!sources.every((source) => PLAIN_NAME.test(source))) return undefined
    members.push(...sources.map((source) => star([source])))
  }
  // A subquery would run for every row, not only for those of a page; most depend on other columns anyway.
  const cheap = members.filter(({ node }) => !holdsSubquery(node))
  return cheap.length > 0 ? cheap : members
}

function holdsSubquery(node: unknown): boolean {
  for (const { kind } of nodesBelow(node)) if (kind === 'SubLink') return true
  return false
}

function isBareStar({ fields }: Message): boolean {
  const [first, ...others] = list(fields)
  return others.length === 0 && messageOf(first, 'A_Star') !== undefined
}

function star([name]: readonly [string]): Member {
  return {
    text: `"${name}".*`,
    node: { ColumnRef: { fields: [{ String: { sval: name } }, { A_Star: {} }] } },
  }
}

/** The names of the tables in a FROM item; '' for one without a name. */
function namesOf(item: unknown): string[] {
  const node = asNode(item)
  const { alias, relname, relation, larg, rarg, functions } = node?.message ?? {}
  const name = text(isMessage(alias) ? alias.aliasname : undefined)
  if (name !== '') return [name]
  switch (node?.kind) {
    case 'RangeVar':
      return [text(relname)]
    case 'RangeTableSample':
      return namesOf(relation)
    case 'JoinExpr':
      return [...namesOf(larg), ...namesOf(rarg)]
    case 'RangeFunction': {
      const call = messageOf(list(messageOf(list(functions)[0], 'List')?.items)[0], 'FuncCall')
      return [nameParts(call?.funcname).at(-1) ?? '']
    }
    default:
      return ['']
  }
}

/**
 * Whether the sort key may be any expression. A set operation, VALUES and DISTINCT take only their own
 * columns.
 */
function takesAnyKey(statement: Message): boolean {
  // For a DISTINCT without ON the parser writes an empty node.
  const [first] = list(statement.distinctClause)
  return !isSetOperation(statement) && (first === undefined || asNode(first) !== undefined)
}

function isSetOperation({ op, valuesLists }: Message): boolean {
  return (op !== undefined && op !== 'SETOP_NONE') || valuesLists !== undefined
}

/** Whether all sort keys are names or numbers of result columns, which mean the same outside. */
function ordersByOutput(statement: Message): boolean {
  return list(statement.sortClause).every((key) => {
    const node = messageOf(key, 'SortBy')?.node
    const isPlace = messageOf(node, 'A_Const')?.ival !== undefined
    return isPlace || isSetOperation(statement) || list(messageOf(node, 'ColumnRef')?.fields).length === 1
  })
}

/** Whether a sort key compares exactly these members byte by byte. */
function comparesRow(key: unknown, members: readonly Member[]): boolean {
  const { node, useOp } = messageOf(key, 'SortBy') ?? {}
  const row = list(messageOf(node, 'RowExpr')?.args)
  return (
    nameParts(useOp).join('.') === 'pg_catalog.*<' &&
    shapeOf(row) === shapeOf(members.map((member) => member.node))
  )
}

function orderOf({ sortClause, limitCount, limitOffset, limitOption }: Message): unknown {
  return [sortClause, limitCount, limitOffset, limitOption]
}

function withoutOrder(select: Message): Message {
  const {
    sortClause: _keys,
    limitCount: _count,
    limitOffset: _offset,
    limitOption: _option,
    ...rest
  } = select
  return rest
}

async function selectOf(query: string): Promise<Message | undefined> {
  const parsed = await parse(query)
  if (!parsed.ok || !isMessage(parsed.tree)) return undefined
  const [statement, ...others] = list(parsed.tree.stmts)
  return others.length > 0 || !isMessage(statement) ? undefined : messageOf(statement.stmt, 'SelectStmt')
}

/** A tree as text, without positions. */
function shapeOf(tree: unknown): string {
  const withoutPlace = (name: string, value: unknown) =>
    /(location|_start|_end)$/.test(name) ? undefined : value
  return JSON.stringify(tree, withoutPlace) ?? ''
}
