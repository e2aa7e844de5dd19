/** Decides which queries have pages: ordered ones that return the same rows when they run again. */

import type { Accepted } from './guard.ts'
import { isMessage, list, type Message, nameParts, nodesBelow } from './parser/syntax-tree.ts'

/** Columns that a query's SELECTs name, added up. A session keeps every row type that has been hashed. */
const MAX_PAGED_COLUMNS = 200

/** Functions that return another value in each transaction. */
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
