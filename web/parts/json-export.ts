/** Rows as JSON: an array of objects, one a line. Columns that share a name get a number after it. */

import type { Row, Table } from './answer.ts'

export function jsonOf({ columns }: Pick<Table, 'columns'>, rows: readonly Row[]): string {
  const names = distinct(columns.map(({ name }) => name))
  const lines = rows.map((row) => {
    const fields = names.map((name, at) => `${JSON.stringify(name)}:${JSON.stringify(row[at] ?? null)}`)
    return `{${fields.join(',')}}`
  })
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`
}

function distinct(names: readonly string[]): string[] {
  const taken = new Set(names)
  const seen = new Set<string>()
  return names.map((name) => {
    let unique = name
    for (let number = 2; seen.has(unique) || (unique !== name && taken.has(unique)); number += 1) {
      unique = `${name}_${number}`
    }
    seen.add(unique)
    return unique
  })
}
