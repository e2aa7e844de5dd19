/** What is different between a row before and after, and between two texts. Without I/O. */

import type { Json } from '../../../parts/answer.ts'
import { exportText } from '../../../parts/cell-text.ts'
import type { Change } from './approval.ts'

export interface ColumnChange {
  readonly column: string
  /** Undefined where there is no such row. */
  readonly before: Json | undefined
  readonly after: Json | undefined
}

export interface Difference {
  readonly changed: readonly ColumnChange[]
  readonly same: readonly ColumnChange[]
}

export function differenceOf({ columns, before, after }: Change): Difference {
  const all = columns.map((column, at) => ({
    column,
    before: before === null ? undefined : (before[at] ?? null),
    after: after === null ? undefined : (after[at] ?? null),
  }))
  const isSame = ({ before: one, after: other }: ColumnChange) =>
    one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other)
  return { changed: all.filter((each) => !isSame(each)), same: all.filter(isSame) }
}

/** Two texts: what they begin and end with alike, and what is between. */
export interface TextDifference {
  readonly start: string
  readonly removed: string
  readonly added: string
  readonly end: string
}

/** Words, numbers, and each other character. */
const PARTS = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu

export function textDifference(before: Json, after: Json): TextDifference {
  // A number's digits have nothing in common with another's, nor has null.
  if (typeof before !== 'string' || typeof after !== 'string') {
    return { start: '', removed: exportText(before), added: exportText(after), end: '' }
  }
  const [one, other] = [before.match(PARTS) ?? [], after.match(PARTS) ?? []]
  const shorter = Math.min(one.length, other.length)
  let from = 0
  while (from < shorter && one[from] === other[from]) from += 1
  let to = 0
  while (to < shorter - from && one[one.length - 1 - to] === other[other.length - 1 - to]) to += 1
  return {
    start: one.slice(0, from).join(''),
    removed: one.slice(from, one.length - to).join(''),
    added: other.slice(from, other.length - to).join(''),
    end: one.slice(one.length - to).join(''),
  }
}
