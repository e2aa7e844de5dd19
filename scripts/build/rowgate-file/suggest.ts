/** Suggests the key that was probably meant, from those that `rowgate.yaml` allows there. */

import * as z from 'zod'
import { rowgateFile } from '../../../src/infra/config/rowgate-file.ts'
import { nearestNames } from '../../../src/infra/nearest.ts'

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
  const [best] = nearestNames(name, known)
  return best === undefined ? `there are ${known.join(', ')}` : `the nearest is "${best}"`
}
