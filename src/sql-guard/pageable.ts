/** Which queries have pages: those with an order, whose rows are the same when they are read again. */

import type { Accepted } from './guard.ts'
import { isMessage, list, type Message, nameParts, nodesBelow } from './parser/syntax-tree.ts'

/**
 * Columns that all SELECTs of a query name together. A session remembers every form of a row that has been
 * hashed.
 */
const MAX_PAGED_COLUMNS = 200

/** What gives another value in each transaction. */
const CLOCKS: ReadonlySet<string> = new Set(['now', 'transaction_timestamp', 'statement_timestamp'])

export function isPageable({
  statement,
  repeatable,
  columns = 0,
}: Partial<Pick<Accepted, 'statement' | 'repeatable' | 'columns'>>): boolean {
  if (statement?.sortClause === undefined || repeatable !== true || columns > MAX_PAGED_COLUMNS) return false
  return !targetsOf(statement).some(tellsTheTime)
}

function targetsOf({ targetList, larg, rarg }: Message): unknown[] {
  return [...list(targetList), ...[larg, rarg].flatMap((arm) => (isMessage(arm) ? targetsOf(arm) : []))]
}

function tellsTheTime(target: unknown): boolean {
  for (const { kind, message } of nodesBelow(target)) {
    if (kind === 'SQLValueFunction') return true
    const name = kind === 'FuncCall' ? (nameParts(message.funcname).at(-1) ?? '') : ''
    if (CLOCKS.has(name) || (name === 'age' && list(message.args).length === 1)) return true
  }
  return false
}
