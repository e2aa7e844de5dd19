/**
 * Values that the query's text alone determines: numbers, arithmetic on them, and upper bounds of
 * expressions. Where Postgres could arrive at another value, as when it divides integers or rounds, the value
 * is unknown.
 */

import { asNode, fieldsOf, list, type Message, nameParts, text } from '../parser/syntax-tree.ts'

const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar'])

/** The string constant in `value`, also under casts to these types, which leave it unchanged. */
export function literalText(value: unknown, types: ReadonlySet<string> = TEXTS): string | undefined {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') {
    return types.has(plainType(node.message)) ? literalText(node.message.arg, types) : undefined
  }
  return node?.kind === 'A_Const' ? constantText(node.message) : undefined
}

/** The value of a named argument, as in `f(count => 3)`. */
export function argument(value: unknown): unknown {
  const node = asNode(value)
  return node?.kind === 'NamedArgExpr' ? node.message.arg : value
}

/** The value of a constant expression: `1000 * 1000`, `10 ^ 9`, `-5`, `'7'::int`. */
export function literalNumber(value: unknown): number | undefined {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') return castNumber(node.message)
  if (node?.kind === 'A_Const') return constantNumber(node.message)
  if (node?.kind !== 'A_Expr' || node.message.kind !== 'AEXPR_OP') return undefined
  const right = literalNumber(node.message.rexpr)
  if (right === undefined) return undefined
  const left = node.message.lexpr === undefined ? 0 : literalNumber(node.message.lexpr)
  return left === undefined ? undefined : exactly(nameParts(node.message.name).at(-1), left, right)
}

/** Whether it consists of numbers only, even where `literalNumber` cannot compute it. */
export function isOfNumbers(value: unknown): boolean {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') return NUMBERS.has(typeName(node.message)) && isOfNumbers(node.message.arg)
  if (node?.kind === 'A_Const') return constantNumber(node.message) !== undefined
  if (node?.kind !== 'A_Expr' || node.message.kind !== 'AEXPR_OP') return false
  return [node.message.lexpr, node.message.rexpr].every((side) => side === undefined || isOfNumbers(side))
}

const INTEGERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8'])
/** Without `float4`: it has seven digits, and its sums have more than a text shows. */
const EXACT: ReadonlySet<string> = new Set([...INTEGERS, 'float8', 'numeric'])
const NUMBERS: ReadonlySet<string> = new Set([...EXACT, 'float4'])

function typeName(cast: Message): string {
  return nameParts(fieldsOf(cast.typeName).names).at(-1) ?? ''
}

/** The type's name; '' for `numeric(3, 0)` and the like, which round, and for an array. */
function plainType(cast: Message): string {
  const { typmods, arrayBounds } = fieldsOf(cast.typeName)
  return typmods === undefined && arrayBounds === undefined ? typeName(cast) : ''
}

/** A cast may change a number: `'01'::bit(32)::int` is 1,073,741,824, and 0.5 becomes an integer. */
function castNumber(cast: Message): number | undefined {
  const type = plainType(cast)
  const number = EXACT.has(type) ? literalNumber(cast.arg) : undefined
  return INTEGERS.has(type) && !Number.isInteger(number) ? undefined : number
}

function constantText(constant: Message): string | undefined {
  return constant.sval === undefined ? undefined : text(fieldsOf(constant.sval).sval)
}

function constantNumber(constant: Message): number | undefined {
  // The parser leaves out fields that are zero, so `0` is an integer without a value.
  if (constant.ival !== undefined) return Number(fieldsOf(constant.ival).ival ?? 0)
  if (constant.fval !== undefined) return Number(text(fieldsOf(constant.fval).fval).replaceAll('_', ''))
  const digits = (constantText(constant) ?? '').trim()
  return /^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(digits) ? Number(digits) : undefined
}

/**
 * Computes integers that a double holds exactly, with a result that it holds too; for others Postgres may
 * keep more digits, or fewer.
 */
function exactly(operator: string | undefined, left: number, right: number): number | undefined {
  if (operator === '/' && left % right !== 0) return undefined
  const result = arithmetic(operator, left, right)
  return [left, right, result].every(Number.isSafeInteger) ? result : undefined
}

function arithmetic(operator: string | undefined, left: number, right: number): number | undefined {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '^':
      return left ** right
    default:
      return undefined
  }
}

/**
 * An upper bound of an expression, from its form alone: a constant, `least(…, 10)`, `x % 10`, or `greatest`,
 * `coalesce` and `CASE` of such.
 */
export function upperBound(value: unknown): number | undefined {
  const constant = literalNumber(value)
  if (constant !== undefined) return constant
  const node = asNode(value)
  switch (node?.kind) {
    case 'TypeCast':
      return EXACT.has(plainType(node.message)) ? upperBound(node.message.arg) : undefined
    case 'MinMaxExpr': {
      const bounds = list(node.message.args).map(memberBound)
      return node.message.op === 'IS_LEAST' ? smallest(bounds) : largest(bounds)
    }
    case 'CoalesceExpr':
      return largest(list(node.message.args).map(memberBound))
    case 'CaseExpr':
      return largest([...list(node.message.args).map(resultOfWhen), node.message.defresult].map(memberBound))
    case 'A_Expr':
      return nameParts(node.message.name).at(-1) === '%'
        ? magnitude(literalNumber(node.message.rexpr))
        : undefined
    default:
      return undefined
  }
}

/** Strings next to each other are compared as text, where `'200000000'` is less than `'9'`. */
function memberBound(value: unknown): number | undefined {
  return literalText(value) === undefined ? upperBound(value) : undefined
}

function resultOfWhen(when: unknown): unknown {
  return asNode(when)?.message.result
}

function magnitude(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.abs(value)
}

function smallest(bounds: readonly (number | undefined)[]): number | undefined {
  const known = bounds.filter((bound) => bound !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function largest(bounds: readonly (number | undefined)[]): number | undefined {
  const known = bounds.filter((bound) => bound !== undefined)
  return known.length === bounds.length ? Math.max(...known) : undefined
}
