/**
 * Requires a recursive query to have a bound. That it ends cannot be proven; this asks for the condition that
 * an honest query has.
 */

import {
  asNode,
  isMessage,
  list,
  type Message,
  messageOf,
  nameParts,
  nodesBelow,
  type TreeNode,
  text,
} from '../parser/syntax-tree.ts'
import { isOfNumbers, literalNumber } from './literals.ts'

/**
 * Recursion steps. A hierarchy is ten deep, a calendar of days 3,650; a higher limit in the query counts as
 * none.
 */
const MAX_STEPS = 100_000

const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

/** Returns why a WITH RECURSIVE query may not run, or undefined when it may or does not refer to itself. */
export function recursionProblem(cte: Message): string | undefined {
  const name = text(cte.ctename)
  const query = messageOf(cte.ctequery, 'SelectStmt')
  if (query === undefined || !refersTo(query, name)) return undefined
  if (query.op !== 'SETOP_UNION') {
    return `The recursive query \`${name}\` must be \`start UNION ALL step\`.`
  }
  if (cte.cycle_clause !== undefined) return undefined
  const step = query.rarg
  if (isMessage(step) && conditionsOf(step).some(isBound)) return undefined
  return (
    `The recursive query \`${name}\` has no bound: count the steps (\`select 1 as depth … union all select depth + 1 …\`) ` +
    `and end them in its second half with \`where ${name}.depth < 20\` (at most ${MAX_STEPS}), or add a CYCLE clause.`
  )
}

/** Names are compared without scopes, so a reused name may require a bound that was not needed. */
function refersTo(query: Message, name: string): boolean {
  for (const node of nodesBelow([query])) {
    if (node.kind === 'RangeVar' && node.message.relname === name && node.message.schemaname === undefined)
      return true
  }
  return false
}

/**
 * The conditions that every row of a step must meet: its WHERE and the ON of its inner joins, split at AND.
 */
function conditionsOf(step: Message): readonly TreeNode[] {
  const conditions: TreeNode[] = []
  const pending: unknown[] = [step.whereClause, ...list(step.fromClause)]
  while (pending.length > 0) {
    const node = asNode(pending.pop())
    if (node === undefined) continue
    if (node.kind === 'BoolExpr' && node.message.boolop === 'AND_EXPR')
      pending.push(...list(node.message.args))
    else if (node.kind === 'JoinExpr' && node.message.jointype === 'JOIN_INNER') {
      pending.push(node.message.quals, node.message.larg, node.message.rarg)
    } else conditions.push(node)
  }
  return conditions
}

/** A comparison of a varying with a fixed value, such as `depth < 20` or `day < date '2026-01-01'`. */
function isBound({ kind, message }: TreeNode): boolean {
  if (kind !== 'A_Expr') return false
  if (message.kind === 'AEXPR_BETWEEN')
    return varies(message.lexpr) && list(listOf(message.rexpr)).every(isFixed)
  if (message.kind !== 'AEXPR_OP' || !COMPARISONS.has(nameParts(message.name).at(-1) ?? '')) return false
  return (
    (varies(message.lexpr) && isFixed(message.rexpr)) || (isFixed(message.lexpr) && varies(message.rexpr))
  )
}

function listOf(value: unknown): unknown {
  return messageOf(value, 'List')?.items
}

function varies(value: unknown): boolean {
  for (const node of nodesBelow(value)) if (node.kind === 'ColumnRef') return true
  return false
}

/** Fixed: without a column, or one value from a query of its own (`(select max(order_date) from orders)`). */
function isFixed(value: unknown): boolean {
  if (isOfNumbers(value)) return Math.abs(literalNumber(value) ?? Infinity) <= MAX_STEPS
  const node = asNode(value)
  if (node?.kind === 'SubLink') return node.message.subLinkType === 'EXPR_SUBLINK'
  if (node?.kind === 'TypeCast') return isFixed(node.message.arg)
  return node !== undefined && !varies(value)
}
