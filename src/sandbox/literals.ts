/** Values that can be known from the text alone: numbers, their arithmetic, and upper bounds of expressions. */

import { asNode, fieldsOf, list, type Message, nameParts, text } from './tree.ts'

/** The string constant in `value`, also under a cast. */
export function literalText(value: unknown): string | undefined {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') return literalText(node.message.arg)
  if (node?.kind !== 'A_Const') return undefined
  const constant = node.message.sval
  return constant === undefined ? undefined : text(fieldsOf(constant).sval)
}

/** The number that an expression of constants has: `1000 * 1000`, `10 ^ 9`, `-5`, `'7'::int`. */
export function literalNumber(value: unknown): number | undefined {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') return literalNumber(sameNumber(node.message))
  if (node?.kind === 'A_Const') return constantNumber(node.message)
  if (node?.kind !== 'A_Expr' || node.message.kind !== 'AEXPR_OP') return undefined
  const right = literalNumber(node.message.rexpr)
  if (right === undefined) return undefined
  const left = node.message.lexpr === undefined ? 0 : literalNumber(node.message.lexpr)
  return left === undefined ? undefined : arithmetic(nameParts(node.message.name).at(-1), left, right)
}

/** What a cast between numbers is of; others make new ones: `'01'::bit(32)::int` is 1,073,741,824. */
function sameNumber({ arg, typeName }: Message): unknown {
  const type = nameParts(fieldsOf(typeName).names).at(-1) ?? ''
  return /^(int[248]|float[48]|numeric)$/.test(type) ? arg : undefined
}

function constantNumber(constant: Message): number | undefined {
  // The parser leaves out fields that are zero, so `0` is an integer without a value.
  if (constant.ival !== undefined) return Number(fieldsOf(constant.ival).ival ?? 0)
  if (constant.fval !== undefined) return Number(text(fieldsOf(constant.fval).fval).replaceAll('_', ''))
  if (constant.sval === undefined) return undefined
  const digits = text(fieldsOf(constant.sval).sval).trim()
  return /^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(digits) ? Number(digits) : undefined
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
 * A number that an expression cannot exceed, as far as its form tells: a constant, `least(…, 10)`, `x % 10`, or
 * `greatest`, `coalesce` and `CASE` of such.
 */
export function upperBound(value: unknown): number | undefined {
  const constant = literalNumber(value)
  if (constant !== undefined) return constant
  const node = asNode(value)
  switch (node?.kind) {
    case 'TypeCast':
      return upperBound(sameNumber(node.message))
    case 'MinMaxExpr': {
      const bounds = list(node.message.args).map(upperBound)
      return node.message.op === 'IS_LEAST' ? smallest(bounds) : largest(bounds)
    }
    case 'CoalesceExpr':
      return largest(list(node.message.args).map(upperBound))
    case 'CaseExpr':
      return largest([...list(node.message.args).map(resultOfWhen), node.message.defresult].map(upperBound))
    case 'A_Expr':
      return nameParts(node.message.name).at(-1) === '%'
        ? magnitude(literalNumber(node.message.rexpr))
        : undefined
    default:
      return undefined
  }
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
