/**
 * CSV (RFC 4180) that a spreadsheet does not run. A text that begins with `=`, `+`, `-`, `@`, their
 * full-width forms, a tab or a line break gets an apostrophe before it, unless it is a number: `-12.50` stays
 * as it is. Names of columns are treated alike. Null is an empty field, an empty text is `""`.
 */

import type { Json, Row, Table } from './answer.ts'
import { exportText } from './cell-text.ts'

const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const QUOTED = /[",\r\n]/

/** Text with the apostrophe where a spreadsheet would take it for a formula. */
export function withoutFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
}

export function csvOf({ columns }: Pick<Table, 'columns'>, rows: readonly Row[]): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(field).join(','))
  return `${lines.join('\r\n')}\r\n`
}

function field(value: Json): string {
  if (value === null) return ''
  const text = withoutFormula(exportText(value))
  return text === '' || QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** For the clipboard. A cell alone is copied as it is; several as a spreadsheet reads them, no formulas. */
export function tsvOf(rows: readonly Row[]): string {
  const [first, ...others] = rows
  if (others.length === 0 && first?.length === 1) return exportText(first[0] ?? null)
  return rows.map((row) => row.map(pasted).join('\t')).join('\n')
}

function pasted(value: Json): string {
  const text = withoutFormula(exportText(value))
  return /["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
