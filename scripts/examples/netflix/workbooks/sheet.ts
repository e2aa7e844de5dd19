/** Walkers for the two large parts of a workbook: shared strings, and a sheet's rows. */

import type { Walker } from './xml.ts'

export type Cell = string | number | null

export interface SheetRow {
  /** Row number as in Excel, from 1. */
  readonly number: number
  /** By column, from 0; null for a gap. */
  readonly cells: readonly Cell[]
}

/** Excel's own limit. A larger reference would allocate an array of any size. */
const COLUMNS_MAX = 16_384

/** All strings in order. Phonetic readings (`rPh`, in Japanese workbooks) are not part of the text. */
export function sharedStringWalker(): Walker<string> {
  const done: string[] = []
  let text = ''
  let inText = false
  let inPhonetic = false
  return {
    open(name) {
      if (name === 'si') text = ''
      if (name === 'rPh') inPhonetic = true
      inText = name === 't' && !inPhonetic
    },
    text(part) {
      if (inText) text += part
    },
    close(name) {
      if (name === 't') inText = false
      if (name === 'rPh') inPhonetic = false
      if (name === 'si') done.push(text)
    },
    take: () => done.splice(0),
  }
}

export function rowWalker(strings: readonly string[]): Walker<SheetRow> {
  const done: SheetRow[] = []
  let rowNumber = 0
  let cells: Cell[] = []
  let column = -1
  let type = 'n'
  let value = ''
  let inValue = false
  return {
    open(name, attributes) {
      if (name === 'row') {
        rowNumber = attributes.r === undefined ? rowNumber + 1 : Number(attributes.r)
        cells = []
        column = -1
      }
      if (name === 'c') {
        column = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
        type = attributes.t ?? 'n'
        value = ''
      }
      inValue = name === 'v' || (name === 't' && type === 'inlineStr')
    },
    text(part) {
      if (inValue) value += part
    },
    close(name) {
      if (name === 'v' || name === 't') inValue = false
      if (name === 'c' && column >= 0 && column < COLUMNS_MAX) {
        while (cells.length < column) cells.push(null)
        cells[column] = cellValue(type, value, strings)
      }
      if (name === 'row') done.push({ number: rowNumber, cells })
    },
    take: () => done.splice(0),
  }
}

function cellValue(type: string, value: string, strings: readonly string[]): Cell {
  if (value === '') return null
  if (type === 's') return strings[Number(value)] ?? null
  if (type === 'n') return Number.isNaN(Number(value)) ? value : Number(value)
  return value
}

/** `C7` is column 2. */
function columnOf(reference: string): number {
  let column = 0
  for (const letter of reference) {
    if (letter < 'A' || letter > 'Z') break
    column = column * 26 + letter.charCodeAt(0) - 64
  }
  return column - 1
}
