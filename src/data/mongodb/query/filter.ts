/** Checks a caller's filter against the allowed operators, at every depth, and returns a new object. */

import { isObject } from '../../../infra/json.ts'
import { words } from '../../../infra/text.ts'
import { expressionOf } from './expression.ts'
import { patternProblem } from './regex.ts'
import {
  dateBeside,
  isWrapper,
  literalOf,
  membersOf,
  pathOf,
  type Reading,
  refused,
  rejected,
} from './values.ts'

type Filter = Record<string, unknown>

const MAX_LIST = 500

const LOGICAL = ['$and', '$or', '$nor'] as const
const AT_THE_TOP = [...LOGICAL, '$expr']

/** Operators for a field. */
const COMPARING: ReadonlySet<string> = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte'])
const LISTING: ReadonlySet<string> = new Set(['$in', '$nin', '$all'])
const BESIDE_A_FIELD: readonly string[] = [
  ...COMPARING,
  ...LISTING,
  ...words('$exists $type $size $mod $not $elemMatch $regex $options'),
]

const TYPES: ReadonlySet<unknown> = new Set(
  words('double string object array objectId bool date null int long decimal number'),
)

export function filterOf(given: unknown, reading: Reading): Filter {
  reading.step()
  const members = membersOf(given, 'A filter').map(([name, value]): [string, unknown] => {
    if (!name.startsWith('$')) return [pathOf(name), conditionOf(name, value, reading)]
    if (name === '$expr') return [name, expressionOf(value, reading)]
    if (!LOGICAL.some((logical) => logical === name)) throw refused('In a filter', name, AT_THE_TOP)
    return [name, listOf(name, value).map((item) => filterOf(item, reading))]
  })
  return Object.fromEntries(members)
}

/** The condition on a field: a value, or operators. */
function conditionOf(path: string, given: unknown, reading: Reading): unknown {
  reading.step()
  if (!isObject(given) || !hasOperator(given)) return dateBeside(path, literalOf(given, reading), reading)
  return operatorsOf(path, given, reading)
}

function hasOperator(value: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(value).some((name) => name.startsWith('$') && !isWrapper(name))
}

function operatorsOf(path: string, given: Readonly<Record<string, unknown>>, reading: Reading): Filter {
  const members = Object.entries(given).map(([name, value]): [string, unknown] => {
    if (!name.startsWith('$')) throw rejected(`\`${path}\` takes either operators or names, not both.`)
    return [name, operandOf(path, name, value, reading)]
  })
  if ('$options' in given && !('$regex' in given)) throw rejected('`$options` goes with `$regex` only.')
  return Object.fromEntries(members)
}

function operandOf(path: string, name: string, value: unknown, reading: Reading): unknown {
  const literal = (item: unknown) => dateBeside(path, literalOf(item, reading), reading)
  if (COMPARING.has(name)) return literal(value)
  if (LISTING.has(name)) return listOf(name, value, 0).map(literal)
  switch (name) {
    case '$exists':
      return demand(name, value, typeof value === 'boolean', 'true or false')
    case '$size':
      return demand(name, value, Number.isSafeInteger(value) && Number(value) >= 0, 'a whole number')
    case '$type':
      return demand(
        name,
        value,
        [value].flat().every((type) => TYPES.has(type)),
        'the name of a type',
      )
    case '$mod':
      return demand(name, value, isPairOfIntegers(value), 'two whole numbers')
    case '$regex':
      return patternOf(value)
    case '$options':
      return demand(
        name,
        value,
        typeof value === 'string' && /^[ims]{0,3}$/.test(value),
        'letters of i, m, s',
      )
    case '$not':
      if (isObject(value) && hasOperator(value)) return operatorsOf(path, value, reading)
      throw rejected('`$not` takes operators.')
    case '$elemMatch':
      return elementOf(path, value, reading)
    default:
      throw refused(`Beside \`${path}\``, name, BESIDE_A_FIELD)
  }
}

/** The condition on an array element: operators for a value, a filter for an object. */
function elementOf(path: string, value: unknown, reading: Reading): Filter {
  const first = isObject(value) ? Object.keys(value)[0] : undefined
  if (isObject(value) && first?.startsWith('$') && !AT_THE_TOP.includes(first))
    return operatorsOf(path, value, reading)
  return filterOf(value, reading)
}

function patternOf(value: unknown): string {
  if (typeof value !== 'string') throw rejected('`$regex` takes a text.')
  const problem = patternProblem(value)
  if (problem !== undefined) throw rejected(`The pattern in \`$regex\` ${problem}.`)
  return value
}

function listOf(name: string, value: unknown, least = 1): unknown[] {
  if (Array.isArray(value) && value.length >= least && value.length <= MAX_LIST) return value
  throw rejected(`\`${name}\` takes a list of ${least} to ${MAX_LIST}.`)
}

function isPairOfIntegers(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((item) => Number.isSafeInteger(item))
}

function demand(name: string, value: unknown, holds: boolean, what: string): unknown {
  if (holds) return value
  throw rejected(`\`${name}\` takes ${what}.`)
}
