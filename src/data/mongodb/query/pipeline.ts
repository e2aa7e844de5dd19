/** Checks a caller's pipeline against the allowed stages. None writes, and none reads another collection. */

import { isObject } from '../../../infra/json.ts'
import { words } from '../../../infra/text.ts'
import { accumulatorOf, expressionOf } from './expression.ts'
import { filterOf } from './filter.ts'
import {
  literalOf,
  membersOf,
  nameOf,
  OWNER_MARKER,
  pathOf,
  type Reading,
  refused,
  rejected,
} from './values.ts'

type Stage = Record<string, unknown>

const MAX_STAGES = 20
const MAX_SKIP = 100_000
const MAX_LIMIT = 10_000
const MAX_FIELDS = 50

const STAGES: Readonly<Record<string, (given: unknown, reading: Reading) => unknown>> = {
  $match: filterOf,
  $group: groupOf,
  $project: computedOf,
  $addFields: computedOf,
  $set: computedOf,
  $unset: (given) => [given].flat().map(pathOf),
  $sort: (given) => sortOf(given),
  $limit: (given) => wholeNumber('$limit', given, 1, MAX_LIMIT),
  $skip: (given) => wholeNumber('$skip', given, 0, MAX_SKIP),
  $count: (given) => nameOf(typeof given === 'string' ? given : ''),
  $unwind: unwindOf,
  $sortByCount: expressionOf,
  $bucket: bucketOf,
  $facet: facetOf,
}

export function pipelineOf(given: unknown, reading: Reading, inFacet = false): Stage[] {
  if (!Array.isArray(given) || given.length > MAX_STAGES)
    throw rejected(`A pipeline is a list of at most ${MAX_STAGES} stages.`)
  const stages: Stage[] = []
  let isSorted = false
  for (const stage of given.map((stage) => stageOf(stage, reading, inFacet))) {
    const [name = ''] = Object.keys(stage)
    if (PAGING.includes(name) && !isSorted) stages.push(...inTotalOrder({}))
    isSorted = SORTING.includes(name) || (isSorted && !REORDERING.includes(name))
    stages.push(...inOrder(stage))
  }
  return isSorted ? stages : [...stages, ...inTotalOrder({})]
}

/** Stages that take the first of what they are given, and those that put it in order, or out of it. */
const PAGING = words('$limit $skip')
const SORTING = words('$sort $sortByCount $bucket $count $facet')
const REORDERING = words('$group')

/** A stage that sorts, in a total order. */
function inOrder(stage: Stage): Stage[] {
  if (isObject(stage.$sort)) return inTotalOrder(stage.$sort)
  if (!('$sortByCount' in stage)) return [stage]
  const group = { $group: { _id: stage.$sortByCount, count: { $sum: 1 } } }
  return [group, ...inTotalOrder({ count: -1 })]
}

/** Breaks ties by the whole document, under a name that no caller can use. */
function inTotalOrder(keys: Stage): Stage[] {
  return [
    { $addFields: { [OWNER_MARKER]: '$$ROOT' } },
    { $sort: { ...keys, [OWNER_MARKER]: 1 } },
    { $unset: OWNER_MARKER },
  ]
}

function stageOf(given: unknown, reading: Reading, inFacet: boolean): Stage {
  reading.step()
  const members = membersOf(given, 'A stage')
  const [name, value] = members[0] ?? ['nothing', undefined]
  const read = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined
  if (read === undefined || (inFacet && name === '$facet'))
    throw refused('The stage', name, Object.keys(STAGES))
  if (members.length !== 1) throw rejected('A stage is an object of one member.')
  return { [name]: read(value, reading) }
}

/** `{ field: 1 | -1 }`, in the order given. */
export function sortOf(given: unknown): Record<string, 1 | -1> {
  const members = membersOf(given, 'A sort').map(([path, direction]): [string, 1 | -1] => {
    if (direction !== 1 && direction !== -1) throw rejected('A sort is 1 or -1 for each field.')
    return [pathOf(path), direction]
  })
  if (members.length === 0 || members.length > MAX_FIELDS) throw rejected('A sort names some fields.')
  return Object.fromEntries(members)
}

/** `{ field: 0 | 1 }`, without expressions. */
export function projectionOf(given: unknown): Record<string, 0 | 1> {
  const members = membersOf(given, 'A projection').map(([path, shows]): [string, 0 | 1] => {
    if (shows !== 0 && shows !== 1 && typeof shows !== 'boolean')
      throw rejected('A projection is 0 or 1 for each field.')
    return [pathOf(path), shows ? 1 : 0]
  })
  if (members.length > MAX_FIELDS) throw rejected(`A projection names at most ${MAX_FIELDS} fields.`)
  return Object.fromEntries(members)
}

function groupOf(given: unknown, reading: Reading): Stage {
  const members = membersOf(given, '`$group`')
  if (!members.some(([name]) => name === '_id'))
    throw rejected('`$group` needs `_id`: an expression, or null.')
  return Object.fromEntries(
    members.map(([name, value]) => [
      nameOf(name),
      name === '_id' ? expressionOf(value, reading) : accumulatorOf(value, reading),
    ]),
  )
}

function computedOf(given: unknown, reading: Reading): Stage {
  const members = membersOf(given, 'The fields')
  if (members.length === 0) throw rejected('At least one field is named.')
  return Object.fromEntries(members.map(([path, value]) => [pathOf(path), expressionOf(value, reading)]))
}

function unwindOf(given: unknown): unknown {
  if (typeof given === 'string') return fieldOf(given)
  const { path, preserveNullAndEmptyArrays, includeArrayIndex, ...others } = Object.fromEntries(
    membersOf(given, '`$unwind`'),
  )
  const other = Object.keys(others)[0]
  if (other !== undefined)
    throw refused('In `$unwind`', other, ['path', 'preserveNullAndEmptyArrays', 'includeArrayIndex'])
  return {
    path: fieldOf(path),
    preserveNullAndEmptyArrays: preserveNullAndEmptyArrays === true,
    ...(includeArrayIndex !== undefined && { includeArrayIndex: pathOf(includeArrayIndex) }),
  }
}

function fieldOf(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('$'))
    throw rejected('`$unwind` takes a field, such as `$list`.')
  return `$${pathOf(given.slice(1))}`
}

function bucketOf(given: unknown, reading: Reading): Stage {
  const {
    groupBy,
    boundaries,
    default: rest,
    output,
    ...others
  } = Object.fromEntries(membersOf(given, '`$bucket`'))
  const other = Object.keys(others)[0]
  if (other !== undefined)
    throw refused('In `$bucket`', other, ['groupBy', 'boundaries', 'default', 'output'])
  if (!Array.isArray(boundaries)) throw rejected('`$bucket` needs `boundaries`, a list.')
  return {
    groupBy: expressionOf(groupBy, reading),
    boundaries: boundaries.map((boundary) => literalOf(boundary, reading)),
    ...(rest !== undefined && { default: literalOf(rest, reading) }),
    ...(isObject(output) && {
      output: Object.fromEntries(
        Object.entries(output).map(([name, value]) => [nameOf(name), accumulatorOf(value, reading)]),
      ),
    }),
  }
}

function facetOf(given: unknown, reading: Reading): Stage {
  const members = membersOf(given, '`$facet`')
  return Object.fromEntries(
    members.map(([name, stages]) => [nameOf(name), pipelineOf(stages, reading, true)]),
  )
}

function wholeNumber(name: string, given: unknown, least: number, most: number): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= least && given <= most)
    return given
  throw rejected(`\`${name}\` takes a whole number from ${least} to ${most}.`)
}
