/** Join paths between tables, along their foreign keys. */

import type { SearchedTable } from './searched.ts'

/** Steps from one table to another. */
const LONGEST_PATH = 3
const MOST_JOINS = 8

interface Step {
  readonly to: string
  readonly condition: string
}

/** The conditions that join the first of the tables to each of the others, by the shortest way. */
export function joinsBetween(tables: readonly SearchedTable[], wanted: readonly string[]): string[] {
  const [first, ...others] = wanted
  if (first === undefined || others.length === 0) return []
  const steps = stepsOf(tables)
  const paths = pathsFrom(first, steps)
  const conditions = others.flatMap((table) => paths.get(table) ?? [])
  return [...new Set(conditions)].slice(0, MOST_JOINS)
}

function stepsOf(tables: readonly SearchedTable[]): ReadonlyMap<string, readonly Step[]> {
  const steps = new Map<string, Step[]>()
  const add = (from: string, step: Step) => steps.set(from, [...(steps.get(from) ?? []), step])
  for (const { name, references } of tables) {
    for (const { columns, table, to } of references) {
      const condition = columns.map((column, at) => `${name}.${column} = ${table}.${to[at]}`).join(' and ')
      add(name, { to: table, condition })
      add(table, { to: name, condition })
    }
  }
  return steps
}

/** Breadth first. */
function pathsFrom(
  first: string,
  steps: ReadonlyMap<string, readonly Step[]>,
): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>([[first, []]])
  let edge = [first]
  for (let length = 0; length < LONGEST_PATH; length += 1) {
    edge = edge.flatMap((from) =>
      (steps.get(from) ?? []).flatMap(({ to, condition }) => {
        if (paths.has(to)) return []
        paths.set(to, [...(paths.get(from) ?? []), condition])
        return [to]
      }),
    )
  }
  return paths
}
