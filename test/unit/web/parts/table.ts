/** Tables for tests of the web's parts. */

import { type Json, type Table, tableOf } from '../../../../web/parts/answer.ts'

/** A table as a tool answers it. `names` are `name type`, `"full name" type`, or without a type. */
export function table(names: readonly string[], rows: readonly (readonly Json[])[]): Table {
  const parts = names.map((name) => /^("[^"]+"|\S+) ?(.*)$/.exec(name) ?? [])
  const columns = parts.map(([, name = '']) => name.replaceAll('"', ''))
  const types = parts.map(([, , type = '']) => type)
  const made = tableOf({ columns, rows, ...(types.some(Boolean) && { types }) })
  if (made === undefined) throw new Error('The test wrote no table.')
  return made
}
