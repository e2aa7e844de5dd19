/**
 * The filter above a grid. Words must all be in the row, in any case and column. `status:open` asks one
 * column, `amount>100` and `amount<=5` compare it. Quotes keep spaces: `name:"Van Dyke"`.
 */

import type { Json, Table } from './answer.ts'
import { exportText } from './cell-text.ts'
import { timeOf } from './kind.ts'
import { compareDecimals } from './sort.ts'

type Test = (row: number) => boolean

const TERM = /(?:"[^"]*"|\S)+/g
const ON_COLUMN = /^("[^"]+"|[^\s:<>=]+)(:|<=|>=|<|>|=)(.*)$/

/** Positions of the rows that the filter keeps, in their order. */
export function filtered(table: Table, filter: string): number[] {
  const tests = (filter.match(TERM) ?? []).map((term) => testOf(table, term))
  const kept: number[] = []
  for (let row = 0; row < table.rows.length; row += 1) {
    if (tests.every((test) => test(row))) kept.push(row)
  }
  return kept
}

function testOf(table: Table, term: string): Test {
  const [, name = '', operator = '', wanted = ''] = ON_COLUMN.exec(term) ?? []
  const column = columnNamed(table, unquoted(name))
  const cell = (row: number): Json => table.rows[row]?.[column] ?? null
  if (column === -1) return contains(table, unquoted(term).toLowerCase())
  if (operator === ':') {
    const part = unquoted(wanted).toLowerCase()
    return (row) => textOf(cell(row)).includes(part)
  }
  const compare = comparison(table, column, unquoted(wanted))
  return (row) => cell(row) !== null && holds(operator, compare(cell(row)))
}

function columnNamed({ columns }: Table, name: string): number {
  const exact = columns.findIndex((column) => column.name === name)
  if (exact !== -1) return exact
  return columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
}

function contains({ rows }: Table, part: string): Test {
  return (row) => rows[row]?.some((value) => textOf(value).includes(part)) ?? false
}

function comparison({ columns }: Table, column: number, wanted: string): (value: Json) => number {
  const kind = columns[column]?.kind
  if (kind === 'number') return (value) => compareDecimals(String(value), wanted)
  if (kind === 'time') return (value) => timeOf(String(value)) - timeOf(wanted)
  const lower = wanted.toLowerCase()
  return (value) => (textOf(value) < lower ? -1 : Number(textOf(value) > lower))
}

function holds(operator: string, order: number): boolean {
  if (Number.isNaN(order)) return false
  if (operator === '=') return order === 0
  if (operator === '<') return order < 0
  if (operator === '>') return order > 0
  return operator === '<=' ? order <= 0 : order >= 0
}

function textOf(value: Json): string {
  return value === null ? '' : exportText(value).toLowerCase()
}

function unquoted(text: string): string {
  return text.replaceAll('"', '')
}
