/** Checks an aggregation expression against the allowed operators, at every depth. */

import { isObject } from '../../../infra/json.ts'
import { words } from '../../../infra/text.ts'
import { isWrapper, literalOf, nameOf, numberOf, pathOf, type Reading, refused, rejected } from './values.ts'

/**
 * Operators with one expression or a list of them. None runs code, reads elsewhere, or makes large values of
 * small ones.
 */
const PLAIN = words(`
  $abs $add $ceil $divide $floor $mod $multiply $round $sqrt $subtract $trunc $and $or $not $eq $ne
  $gt $gte $lt $lte $cmp $in $ifNull $concat $toLower $toUpper $strLenCP $substrCP $split $indexOfCP
  $strcasecmp $arrayElemAt $first $last $size $isArray $slice $reverseArray $concatArrays $setUnion
  $setIntersection $setDifference $setIsSubset $allElementsTrue $anyElementTrue $objectToArray
  $mergeObjects $type $isNumber $toString $toInt $toLong $toDouble $toDecimal $toBool $toDate $year
  $month $dayOfMonth $dayOfWeek $dayOfYear $hour $minute $second $week $isoWeek $isoWeekYear $sum $avg
  $min $max $stdDevPop $stdDevSamp $cond`)

/** Operators with named arguments. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  $cond: ['if', 'then', 'else'],
  $switch: ['branches', 'case', 'then', 'default'],
  $dateToString: ['date', 'format', 'timezone', 'onNull'],
  $dateTrunc: ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'],
  $dateDiff: ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'],
  $dateAdd: ['startDate', 'unit', 'amount', 'timezone'],
  $dateSubtract: ['startDate', 'unit', 'amount', 'timezone'],
  $trim: ['input', 'chars'],
  $map: ['input', 'as', 'in'],
  $filter: ['input', 'as', 'cond', 'limit'],
}

/** `$literal` takes a plain value. */
const OPERATORS: ReadonlySet<string> = new Set([...PLAIN, ...Object.keys(NAMED), '$literal'])

/** Accumulators of a group; each takes one expression. */
const ACCUMULATORS: ReadonlySet<string> = new Set([
  ...['$sum', '$avg', '$min', '$max', '$first', '$last', '$push', '$addToSet', '$count'],
  ...['$stdDevPop', '$stdDevSamp', '$mergeObjects'],
])

/** MongoDB's own variables; a caller's begin with a small letter. */
const VARIABLES = ['ROOT', 'CURRENT', 'NOW', 'REMOVE']
const OWN_VARIABLE = /^[a-z][A-Za-z0-9_]{0,31}$/

export function expressionOf(given: unknown, reading: Reading): unknown {
  reading.step()
  if (typeof given === 'string') return referenceOf(given)
  if (Array.isArray(given)) return given.map((item) => expressionOf(item, reading))
  if (typeof given === 'number') return numberOf(given, reading)
  if (!isObject(given)) return given
  const members = Object.entries(given)
  const operator = members.find(([name]) => name.startsWith('$'))
  if (operator === undefined) return objectOf(members, reading)
  if (isWrapper(operator[0])) return literalOf(given, reading)
  if (members.length !== 1) throw rejected(`\`${operator[0]}\` must be alone in its object.`)
  return Object.fromEntries([operationOf(operator, reading)])
}

/** An accumulator, as one member of an object, so that its result has a name. */
export function accumulatorOf(given: unknown, reading: Reading): unknown {
  const members = isObject(given) ? Object.entries(given) : []
  const [name, value] = members[0] ?? ['nothing', undefined]
  if (!ACCUMULATORS.has(name) || members.length !== 1) throw refused('In a group', name, ACCUMULATORS)
  if (name !== '$count') return { [name]: expressionOf(value, reading) }
  if (!isObject(value) || Object.keys(value).length > 0) throw rejected('`$count` takes an empty object.')
  return { [name]: {} }
}

function objectOf(members: readonly [string, unknown][], reading: Reading): unknown {
  return Object.fromEntries(members.map(([name, value]) => [nameOf(name), expressionOf(value, reading)]))
}

function operationOf([name, value]: [string, unknown], reading: Reading): [string, unknown] {
  if (!OPERATORS.has(name)) throw refused('In an expression', name, OPERATORS)
  if (name === '$literal') return [name, literalOf(value, reading)]
  const parts = NAMED[name]
  // `$cond` takes a list of three, or named arguments.
  if (parts === undefined || (name === '$cond' && Array.isArray(value)))
    return [name, expressionOf(value, reading)]
  return [name, partsOf(name, value, parts, reading)]
}

function partsOf(name: string, value: unknown, parts: readonly string[], reading: Reading): unknown {
  if (!isObject(value)) throw rejected(`\`${name}\` takes an object of ${parts.join(', ')}.`)
  const members = Object.entries(value).map(([part, item]): [string, unknown] => {
    if (!parts.includes(part)) throw refused(`In \`${name}\``, part, parts)
    if (part === 'branches') return [part, branchesOf(item, parts, reading)]
    if (part !== 'as') return [part, expressionOf(item, reading)]
    if (typeof item !== 'string' || !OWN_VARIABLE.test(item))
      throw rejected('`as` takes a name of letters that begins with a small one.')
    return [part, item]
  })
  return Object.fromEntries(members)
}

function branchesOf(value: unknown, parts: readonly string[], reading: Reading): unknown {
  if (!Array.isArray(value)) throw rejected('`branches` takes a list.')
  return value.map((branch) => partsOf('$switch', branch, parts.slice(1, 3), reading))
}

/** A text that begins with a dollar names a field or a variable; any other is a plain value. */
function referenceOf(text: string): string {
  if (!text.startsWith('$')) return text
  if (!text.startsWith('$$')) return `$${pathOf(text.slice(1))}`
  const [variable = '', ...rest] = text.slice(2).split('.')
  if (!VARIABLES.includes(variable) && !OWN_VARIABLE.test(variable))
    throw refused('The variable', `$$${variable}`, [...VARIABLES.map((name) => `$$${name}`), 'your own'])
  if (rest.length > 0) pathOf(rest.join('.'))
  return text
}
