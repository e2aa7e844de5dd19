/**
 * A tool's schemas as `tools/list` shows them: JSON Schema within what OpenAI's strict mode, Gemini and
 * Anthropic all accept. Limits, formats and defaults that one of them refuses go into the description; zod
 * still enforces them.
 */

import * as z from 'zod'
import { describe, type JsonSchema, type Type } from './tool-schema-words.ts'

const ANY_TYPE: readonly Type[] = ['string', 'number', 'boolean', 'object', 'array', 'null']

/**
 * Keywords that `describe` turns into words, and `propertyNames`, which only says that JSON's keys are
 * strings.
 */
const SAID_IN_WORDS: ReadonlySet<string> = new Set([
  'default',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'propertyNames',
])

/** A tool's arguments. */
export function inputSchema(input: z.ZodType): JsonSchema {
  return schemaOf(input)
}

/** The envelope around a tool's data. The error half is short, since every tool's schema carries it. */
export function envelopeSchema(output: z.ZodType): JsonSchema {
  // References in it start at the root (`#/$defs/…`), so the definitions move there.
  const { $defs, ...data } = withoutRequired(schemaOf(output))
  return {
    ...($defs !== undefined && { $defs }),
    type: 'object',
    properties: { status: { type: 'string', enum: ['success', 'error'] }, data, error: ERROR },
  }
}

const ERROR: JsonSchema = {
  type: 'object',
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    retryable: { type: 'boolean' },
    details: { type: 'object' },
  },
}

/**
 * A schema with `$schema` was written by hand and is passed on unchanged. No other schema has it on the wire.
 */
function schemaOf(schema: z.ZodType): JsonSchema {
  // zod's type lists the keywords of every draft; what is read of it here is typed in JsonSchema.
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
  return schema.meta()?.$schema === undefined ? simplified(rest) : { $schema, ...rest }
}

function simplified(schema: JsonSchema): JsonSchema {
  const { anyOf, properties, additionalProperties, items, $defs, ...rest } = schema
  const description = describe(schema)
  const own = { ...plain(rest), ...(description !== undefined && { description }) }
  if (anyOf !== undefined) return { ...union(anyOf.map(simplified)), ...own }
  return {
    ...(rest.type === undefined && rest.$ref === undefined && { type: ANY_TYPE }),
    ...own,
    ...(properties !== undefined && { properties: mapped(properties) }),
    ...(additionalProperties !== undefined && openness(additionalProperties)),
    ...(items !== undefined && { items: simplified(items) }),
    ...($defs !== undefined && { $defs: mapped($defs) }),
  }
}

function plain(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !SAID_IN_WORDS.has(keyword)))
}

function mapped(schemas: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, simplified(schema)]))
}

/** An object has additional properties of any type by default, so that needs no keyword. */
function openness(further: boolean | JsonSchema): JsonSchema {
  if (typeof further === 'boolean') return { additionalProperties: further }
  return Object.keys(further).length === 0 ? {} : { additionalProperties: simplified(further) }
}

/** A union as one schema with a list of types, where that is equivalent: LangChain drops every `anyOf`. */
function union(branches: readonly JsonSchema[]): JsonSchema {
  const types = branches.flatMap(({ type }) => type ?? [])
  const distinct = [...new Set(types)]
  const isText = distinct.length === 1 && distinct[0] === 'string'
  const open = branches.filter((branch) => branch.enum === undefined)
  const listed = branches.flatMap((branch) => branch.enum ?? [])
  // A keyword applies to values of its own type only, except `enum`, which applies to all.
  const hasEnum = listed.length > 0 && open.every(({ type }) => type === 'null')
  const canMerge = isText || (distinct.length === types.length && (listed.length === 0 || hasEnum))
  if (!canMerge || branches.some(({ type }) => type === undefined)) return { anyOf: branches }
  const { enum: _, ...keywords }: JsonSchema = Object.assign({}, ...branches)
  return {
    ...keywords,
    type: isText ? 'string' : distinct,
    ...(hasEnum && { enum: [...listed, ...open.map(() => null)] }),
  }
}

/**
 * Drops `required`, which would repeat every name: each field of a result is present unless its description
 * says otherwise.
 */
function withoutRequired(schema: JsonSchema): JsonSchema {
  const drop = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(drop)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) =>
        key === 'required' && Array.isArray(inner) ? [] : [[key, drop(inner)]],
      ),
    )
  }
  return drop(schema) as JsonSchema
}
