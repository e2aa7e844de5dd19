/** Suggests the key that was probably meant, from those that `rowgate.yaml` allows there. */

import * as z from 'zod'
import { rowgateFile } from '../../../src/infra/config/rowgate-file.ts'

/** Greatest edit distance, in letters, that still counts as a typing error. */
const MOST_TYPING_ERRORS = 3

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

/** The JSON Schema for editors. */
export function rowgateSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(rowgateFile, { io: 'input' })
}

export function keysAt(path: readonly PropertyKey[]): string[] {
  // `toJSONSchema` gives this shape: every object of the file is made with `strictObject` or `record`.
  let schemas = [rowgateSchema() as Schema]
  for (const key of path) schemas = schemas.flatMap((schema) => stepInto(schema, String(key)))
  return [
    ...new Set(
      schemas.flatMap((schema) => branches(schema)).flatMap(({ properties = {} }) => Object.keys(properties)),
    ),
  ]
}

function stepInto(schema: Schema, key: string): Schema[] {
  return branches(schema).flatMap(({ properties, additionalProperties, items }) => {
    const next = properties?.[key] ?? items ?? additionalProperties
    return typeof next === 'object' ? [next] : []
  })
}

function branches(schema: Schema): Schema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap((branch) => branches(branch))
}

/** The advice of an error: the nearest name, or all names. */
export function nearest(name: string, known: readonly string[]): string {
  const [best] = known
    .map((each) => ({ each, distance: distance(name, each) }))
    .filter((each) => each.distance <= MOST_TYPING_ERRORS)
    .toSorted((a, b) => a.distance - b.distance)
  return best === undefined ? `there are ${known.join(', ')}` : `the nearest is "${best.each}"`
}

/** Levenshtein distance: letters inserted, deleted or changed. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [row, letter] of [...a].entries()) {
    const next = [row + 1]
    for (const [column, other] of [...b].entries()) {
      const changed = (previous[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (previous[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    previous = next
  }
  return previous[b.length] ?? 0
}
