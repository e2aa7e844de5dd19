/** Relations of a query, for computing sizes: the columns of its tables, subqueries and functions. */

import type { Message } from '../parser/syntax-tree.ts'
import { literalNumber } from '../rules/literals.ts'
import { bytesOf, computed, STORED, sum, united, type Value } from './value.ts'

/** Assumed rows of a table, where the stored data limit the work. */
const TABLE_ROWS = 100
/**
 * Assumed rows of a table, where the query produces a value for each: it chooses the largest table and joins.
 */
const MAKING_ROWS = 20_000
/** Postgres' limit for the columns of a SELECT. `select *, *` over itself doubles them. */
const MAX_COLUMNS = 1_664

export interface RowCount {
  /** Rows that the query itself produces: series, and values that it splits. */
  readonly made: number
  /** Whether rows of tables are among them. */
  readonly stored: boolean
}

export const ONE_ROW: RowCount = { made: 1, stored: false }

export function countOf({ made, stored }: RowCount): number {
  return made * (stored ? MAKING_ROWS : 1)
}

/** Assumed number of stored rows. */
export function storedCountOf({ stored }: RowCount): number {
  return stored ? TABLE_ROWS : 1
}

export function joined(one: RowCount, other: RowCount): RowCount {
  return { made: one.made * other.made, stored: one.stored || other.stored }
}

export interface Column {
  readonly name: string
  readonly value: Value
}

export interface Relation {
  readonly columns: readonly Column[]
  /** Whether it has further columns, such as a table's, whose names are not in the query. */
  readonly open: boolean
  readonly rows: RowCount
}

export const TABLE: Relation = { columns: [], open: true, rows: { made: 1, stored: true } }

/** The relation under an alias with column names. */
export function renamed(relation: Relation, names: readonly string[]): Relation {
  if (names.length === 0 || relation.open) return relation
  return {
    ...relation,
    columns: relation.columns.map(({ name, value }, at) => ({ name: names[at] ?? name, value })),
  }
}

export function unionOf(one: Relation, other: Relation): Relation {
  return {
    columns: one.columns.map(({ name, value }, at) => ({
      name,
      value: united([value, other.columns[at]?.value ?? value]),
    })),
    open: one.open || other.open,
    rows: { made: one.rows.made + other.rows.made, stored: one.rows.stored || other.rows.stored },
  }
}

/** The relation cut by a LIMIT that is a literal number. */
export function limited(select: Message, relation: Relation): Relation {
  const limit = literalNumber(select.limitCount)
  if (limit === undefined || limit >= countOf(relation.rows)) return relation
  return { ...relation, rows: { made: Math.max(0, limit), stored: false } }
}

/**
 * Assumed steps of a recursive query. A smaller number in its condition proves nothing: a step need not count
 * by one.
 */
export const RECURSION_STEPS = 1_000
/** Steps that are computed, to distinguish values that grow by addition from those that multiply. */
export const WATCHED_STEPS = 8
/**
 * Growth from step to step above which a value multiplies. Adding a number of growing length stays far below.
 */
const MULTIPLIES = 1.3

/** Columns after one more step. */
export function grownBy(columns: readonly Column[], after: readonly Column[]): Column[] {
  return columns.map(({ name, value }, at) => ({ name, value: united([value, after[at]?.value ?? value]) }))
}

/** The value after all steps, extrapolated from the first ones. */
export function afterSteps(sizes: readonly Value[]): Value {
  const more = computed(united(sizes))
  const added = sizes.slice(1).map((value, at) => bytesOf(value) - bytesOf(sizes[at] ?? value))
  const [before = 0, last = 0] = added.slice(-2)
  if (last <= 0) return more
  if (last > before * MULTIPLIES) return { ...more, made: Number.POSITIVE_INFINITY }
  const faster = Math.max(0, last - before)
  return { ...more, made: more.made + RECURSION_STEPS * (last + (RECURSION_STEPS * faster) / 2) }
}

/** A whole row as one value. */
function wholeOf({ columns, open }: Relation): Value {
  return sum([...columns.map(({ value }) => value), ...(open ? [STORED] : [])])
}

/** The names visible at one point of a query, innermost first. */
export class NameScope {
  readonly outer: NameScope | undefined
  readonly #sources: { readonly name: string; readonly relation: Relation }[] = []
  readonly #withs = new Map<string, Relation>()
  rows = ONE_ROW

  constructor(outer: NameScope | undefined) {
    this.outer = outer
  }

  addSource(name: string, relation: Relation): void {
    this.#sources.push({ name, relation })
    this.rows = joined(this.rows, relation.rows)
  }

  addWith(name: string, relation: Relation): void {
    this.#withs.set(name, relation)
  }

  with(name: string): Relation | undefined {
    return this.#withs.get(name) ?? this.outer?.with(name)
  }

  /** The scope of a subquery in the same FROM: the outer names, and the WITH names of this level. */
  besides(): NameScope {
    const names = new NameScope(this.outer)
    for (const [name, relation] of this.#withs) names.addWith(name, relation)
    return names
  }

  /** The columns of `*` or `name.*`. */
  star(name: string | undefined): Pick<Relation, 'columns' | 'open'> {
    const meant = this.#sources.filter((source) => name === undefined || source.name === name)
    if (meant.length === 0) return this.outer?.star(name) ?? TABLE
    return {
      columns: meant.flatMap(({ relation }) => relation.columns).slice(0, MAX_COLUMNS),
      open: meant.some(({ relation }) => relation.open),
    }
  }

  /**
   * The value of a column. An unknown name may be a column that Postgres names itself: the largest value is
   * assumed.
   */
  column(parts: readonly string[]): Value {
    return (parts.length > 1 ? this.qualified(parts) : this.bare(parts[0] ?? '')) ?? this.#largest()
  }

  private qualified(parts: readonly string[]): Value | undefined {
    const [source, column] = [parts.at(-2), parts.at(-1)]
    const meant = this.#sources.filter(({ name }) => name === source)
    if (meant.length === 0) return this.outer?.qualified(parts)
    return united(
      meant.flatMap(
        ({ relation }) => named(relation, column) ?? (relation.open ? STORED : wholeOf(relation)),
      ),
    )
  }

  private bare(column: string): Value | undefined {
    const values = this.#sources.flatMap(({ relation }) => named(relation, column) ?? [])
    if (values.length > 0) return united(values)
    const rows = this.#sources.filter(({ name }) => name === column).map(({ relation }) => wholeOf(relation))
    if (rows.length > 0) return united(rows)
    if (this.#sources.some(({ relation }) => relation.open)) return STORED
    return this.outer?.bare(column)
  }

  #largest(): Value {
    let largest = STORED
    for (let at: NameScope | undefined = this; at !== undefined; at = at.outer) {
      for (const { relation } of at.#sources) {
        const whole = wholeOf(relation)
        if (bytesOf(whole) + whole.steps > bytesOf(largest) + largest.steps) largest = whole
      }
    }
    return largest
  }
}

function named({ columns }: Relation, name: string | undefined): Value[] | undefined {
  const found = columns.filter((column) => column.name === name).map(({ value }) => value)
  return found.length === 0 ? undefined : found
}
