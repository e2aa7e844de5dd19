/** Adds a source to a `rowgate.yaml` that is there: what a person wrote stays as it is, to the byte. */

import { isMap, isScalar, parseDocument } from 'yaml'
import { Refusal } from '../../../cli/cli-error.ts'
import { indented } from './file-text.ts'

const INDENT = 2

/** Whether the file has a source of this name. */
export function hasSource(text: string, source: string): boolean {
  const sources = parseDocument(text).get('sources')
  return isMap(sources) && sources.has(source)
}

/** Throws a `Refusal` where the file is written in a way that a line cannot be added to. */
export function addSource(text: string, lines: readonly string[]): string {
  const document = parseDocument(text)
  const root = document.contents
  const pair = isMap(root)
    ? root.items.find(({ key }) => isScalar(key) && key.value === 'sources')
    : undefined
  if (pair === undefined) {
    return `${ended(text)}sources:\n${indented(lines, INDENT).join('\n')}\n`
  }
  const sources = pair.value
  const [first] = isMap(sources) ? sources.items : []
  if (!isMap(sources) || sources.flow === true || first === undefined || !isScalar(first.key)) {
    throw new Refusal(
      'rowgate.yaml has `sources` on one line or empty: write it as a block, or remove it, and run `rowgate init` again.',
    )
  }
  const column = columnOf(text, first.key.range?.[0] ?? 0)
  const end = endOf(text, sources.range?.[1] ?? text.length)
  return `${ended(text.slice(0, end))}${indented(lines, column).join('\n')}\n${text.slice(end)}`
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

/** The end of the line on which the last value stands. */
function endOf(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end === -1 ? text.length : end + 1
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
