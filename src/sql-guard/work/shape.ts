/** Reads constants, names and comparisons of a query, for computing sizes. */

import {
  asNode,
  fieldsOf,
  list,
  type Message,
  messageOf,
  nameParts,
  nodesBelow,
  text,
} from '../parser/syntax-tree.ts'
import { literalNumber, literalText } from '../rules/literals.ts'
import { bytesOf, MAX_DIGITS, SMALL, type Value, written } from './value.ts'

/** The most bytes of UTF-8 for one UTF-16 unit. */
const BYTES_A_CHARACTER = 3
/** Digits per byte of a number's text, at most: nine characters write the longest number. */
const DIGITS_A_BYTE = Math.ceil(MAX_DIGITS / 9)
const EXPONENT = /[eE]\+?0*(\d+)/g

export function sizeOfText(value: string): Value {
  return written(value.length * (/^[\x20-\x7e]*$/.test(value) ? 1 : BYTES_A_CHARACTER), false)
}

export function sizeOfConstant(constant: Message): Value {
  if (constant.sval !== undefined) return sizeOfText(text(fieldsOf(constant.sval).sval))
  if (constant.bsval !== undefined) return sizeOfText(text(fieldsOf(constant.bsval).bsval))
  if (constant.fval === undefined) return SMALL
  const number = text(fieldsOf(constant.fval).fval)
  return written(number.length + exponentsOf(number), true)
}

function exponentsOf(value: string): number {
  let digits = 0
  for (const [, exponent] of value.matchAll(EXPONENT)) digits += Math.min(Number(exponent), MAX_DIGITS)
  return digits
}

/** Additional digits of a text once it is parsed as numbers. */
export function exponentDigits(
  argument: unknown,
  value: Value,
  parameters: readonly unknown[] | undefined,
): number {
  const known = literalText(argument) ?? parameterText(argument, parameters)
  return known === undefined ? bytesOf({ ...value, stored: 0 }) * DIGITS_A_BYTE : exponentsOf(known)
}

function parameterText(argument: unknown, parameters: readonly unknown[] | undefined): string | undefined {
  const number = messageOf(argument, 'ParamRef')?.number
  return number === undefined ? undefined : String(parameters?.[Number(number) - 1] ?? '')
}

/** `*` or `name.*`. */
export function isStar(target: unknown): boolean {
  const reference = messageOf(messageOf(target, 'ResTarget')?.val, 'ColumnRef')
  return reference !== undefined && nameParts(reference.fields).at(-1) === ''
}

export function starOf(target: unknown): string | undefined {
  return nameParts(messageOf(messageOf(target, 'ResTarget')?.val, 'ColumnRef')?.fields).at(-2)
}

/** The name that Postgres gives a column; '' where that takes more than its form to know. */
export function nameOf(expression: unknown): string {
  const node = asNode(expression)
  switch (node?.kind) {
    case 'ColumnRef':
      return nameParts(node.message.fields).at(-1) ?? ''
    case 'FuncCall':
      return nameParts(node.message.funcname).at(-1) ?? ''
    case 'TypeCast':
      return nameOf(node.message.arg) || (nameParts(fieldsOf(node.message.typeName).names).at(-1) ?? '')
    case 'CoalesceExpr':
      return 'coalesce'
    case 'CaseExpr':
      return nameOf(node.message.defresult) || 'case'
    case 'A_ArrayExpr':
      return 'array'
    default:
      return ''
  }
}

/** The columns of a JSON_TABLE, at every level. */
export function columnNames(columns: readonly unknown[]): ReadonlySet<string> {
  return new Set(
    [...nodesBelow(columns)]
      .filter(({ kind }) => kind === 'JsonTableColumn')
      .map(({ message }) => text(message.name)),
  )
}

/** Rows that a value is split into. A stored value is limited by what is stored. */
export function splitRows({ made }: Value): number {
  return Math.max(1, made / 2)
}

/** Times that Postgres repeats the left side of a comparison. */
export function copiesOf(operation: Message): number {
  switch (operation.kind) {
    case 'AEXPR_IN':
      return Math.max(1, list(messageOf(operation.rexpr, 'List')?.items).length)
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
      return 2
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return 4
    default:
      return 1
  }
}

/** BETWEEN and similar forms have operator names of their own. */
export function operatorOf(name: string, kind: string): string {
  return kind.includes('BETWEEN') || kind === 'AEXPR_IN' ? '=' : name
}

/** Types whose text may name a time zone. */
export const TIME_TYPES: ReadonlySet<string> = new Set(
  `date time timetz timestamp timestamptz tsrange tstzrange daterange tsmultirange tstzmultirange datemultirange`.split(
    ' ',
  ),
)

/** Whether one of the types in these definitions is a time type. */
export function hasTimes(definitions: readonly unknown[]): boolean {
  for (const { kind, message } of nodesBelow(definitions)) {
    const type = kind === 'TypeName' ? message : fieldsOf(message.typeName)
    if (TIME_TYPES.has(nameParts(type.names).at(-1) ?? '')) return true
  }
  return false
}

export function isConstant(value: unknown): boolean {
  return literalNumber(value) !== undefined || literalText(value) !== undefined
}
