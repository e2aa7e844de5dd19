/** A SQL tool's parameter as its input schema has it: by the type that Postgres gave it. */

import * as z from 'zod'
import type { SqlParameterLock } from '../../infra/config/lock-file.ts'
import { json } from '../../sql-guard/schema.ts'
import { columnType } from './column-types.ts'

/** Characters of one value; more is data, and no parameter. */
const VALUE_MAX_CHARACTERS = 100_000

const string = z.string().max(VALUE_MAX_CHARACTERS)

/** Of the other types a value is text. */
const SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['smallint', z.int()],
  ['integer', z.int()],
  ['bigint', z.union([z.int(), string])],
  ['numeric', z.union([z.number(), string])],
  ['real', z.number()],
  ['double precision', z.number()],
  ['boolean', z.boolean()],
  ['json', json],
  ['jsonb', json],
])
/** Types of which a schema already says what a value is. */
const PLAIN = /^(?:text|character varying|boolean|integer|real|double precision)$/

export function parameterSchema({ type, description, optional }: SqlParameterLock): z.ZodType {
  const words = [description, ...(PLAIN.test(type) ? [] : [columnType(type).is])]
  const schema = schemaOf(type).describe(words.join('; '))
  return optional === true ? schema.optional() : schema
}

function schemaOf(type: string): z.ZodType {
  if (type.endsWith('[]')) return z.array(schemaOf(type.slice(0, -'[]'.length)))
  return SCHEMAS.get(type.replace(/\([^)]*\)$/, '')) ?? string
}
