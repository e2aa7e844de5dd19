/**
 * The input schemas stay within what the APIs of the big providers take as it stands. Most hosts hand a
 * tool's schema on untouched, and one keyword that is refused fails the whole request.
 */

import { type MCPServer, mcpToFunctionTool } from '@openai/agents-core'
import { describe, expect, test } from 'vitest'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import { toolsets } from '../../../src/with-examples.ts'
import { CONNECTION_NAMES } from '../../support/product/connection-names.ts'

/** The keywords that each takes in a tool's parameters. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  // platform.openai.com/docs/guides/structured-outputs, "Supported schemas". `default` is refused by most of
  // its models and by Azure (567-labs/instructor#1074, livekit/agents#1987,
  // openai/openai-agents-python#4390), `minLength` and `maxLength` are not listed.
  'OpenAI, strict': [
    ...['type', 'description', 'enum', 'const', 'properties', 'required', 'additionalProperties', 'items'],
    ...['anyOf', '$ref', '$defs', 'pattern', 'format', 'minimum', 'maximum', 'minItems', 'maxItems'],
  ],
  // ai.google.dev/api/caching#Schema: a fixed message, with `additionalProperties` only in
  // `parametersJsonSchema` (nousresearch/hermes-agent, agent/gemini_schema.py); SDKs leave that one out where
  // it is not taken. Of the formats of a string only `enum` and `date-time` are taken
  // (google-gemini/gemini-cli#2237).
  Gemini: [
    ...['type', 'title', 'description', 'nullable', 'enum', 'properties', 'required', 'additionalProperties'],
    ...['items', 'anyOf', 'pattern', 'default', 'minimum', 'maximum', 'minItems', 'maxItems', 'minLength'],
    ...['maxLength', 'minProperties', 'maxProperties', 'propertyOrdering'],
  ],
  // docs.claude.com/en/docs/build-with-claude/structured-outputs, "JSON Schema limitations": no bounds of
  // numbers, lengths or arrays (earendil-works/pi#9953, experientiallabs/experiential#804: each a 400).
  // Without `strict` any JSON Schema is taken.
  'Anthropic, strict': [
    ...['type', 'description', 'enum', 'const', 'properties', 'required', 'additionalProperties', 'items'],
    ...['anyOf', 'allOf', '$ref', '$defs', 'default', 'pattern', 'format'],
  ],
  // @langchain/google-common, GeminiFunctionSchema: `anyOf` is no member, and is dropped with all that it
  // holds.
  LangChain: [
    ...[
      'type',
      'description',
      'enum',
      'format',
      'properties',
      'required',
      'additionalProperties',
      'items',
      'nullable',
    ],
  ],
}

const ANY_VALUE = 'the value is any JSON: a list of all types is the nearest that a schema can say'
const OPEN_OBJECT = "an object with keys of the caller's own: MongoDB's grammar, or free metadata"
const SEVERAL_TYPES = 'a value of several types: a list of types, since LangChain drops `anyOf`'

/**
 * Exceptions, where the meaning allows no less: a list of types (refused by Gemini's older `parameters`), or
 * an object that is open (refused by strict modes).
 */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'query.parameters[]': SEVERAL_TYPES,
  'query.parameters[][]': SEVERAL_TYPES,
  'explain_query.parameters[]': SEVERAL_TYPES,
  'explain_query.parameters[][]': SEVERAL_TYPES,
  'execute_sales_query.parameters[]': SEVERAL_TYPES,
  'execute_sales_query.parameters[][]': SEVERAL_TYPES,
  'create_user_mongo.metadata': OPEN_OBJECT,
  'find_users_mongo.query': OPEN_OBJECT,
  'find_users_mongo.sort': OPEN_OBJECT,
  'find_users_mongo.projection': OPEN_OBJECT,
  'aggregate_user_stats.query': OPEN_OBJECT,
  'aggregate_user_stats.pipeline[]': ANY_VALUE,
  'cache_data.value': ANY_VALUE,
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: unknown
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly description?: string
}

interface Listed {
  readonly name: string
  readonly description: string
  readonly inputSchema: Schema
  readonly outputSchema: Schema & { readonly $defs?: Readonly<Record<string, Schema>> }
}

const registry = createRegistry(toolsets, new Set(CONNECTION_NAMES))
const all = { userId: 'a', tenantId: 'a', clientId: 'a', scopes: new Set(registry.scopes) }
const listed: Listed[] = JSON.parse(registry.view(all, EVERYTHING).listJson)

/** Every schema in a schema, by its path. */
function nodes(schema: Schema, path: string): [string, Schema][] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    nodes(field, `${path}.${name}`),
  )
  const inside = [schema.items, ...(schema.anyOf ?? [])].flatMap((part) =>
    part === undefined ? [] : nodes(part, `${path}[]`),
  )
  return [[path, schema], ...named, ...inside]
}

const inputs = listed.flatMap(({ name, inputSchema }) => nodes(inputSchema, name))
const exceptions = inputs.filter(
  ([, { type, properties }]) => Array.isArray(type) || (type === 'object' && properties === undefined),
)

describe.each(Object.entries(TAKEN))('%s', (_, taken) => {
  test('takes every keyword of the input schemas', () => {
    const used = new Set(inputs.flatMap(([, schema]) => Object.keys(schema)))
    expect([...used].filter((keyword) => !taken.includes(keyword))).toEqual([])
  })
})

test('every value has a type, every list has items, every object is closed', () => {
  const wrong = inputs.filter(([path, { type, items, properties, additionalProperties }]) => {
    if (EXCEPTIONS[path] !== undefined) return false
    if (type === 'array') return items === undefined
    if (type === 'object') return properties === undefined || additionalProperties !== false
    return typeof type !== 'string'
  })
  expect(wrong.map(([path]) => path)).toEqual([])
})

test('what cannot be said so is named here with its reason, and nothing else is', () => {
  expect(exceptions.map(([path]) => path).filter((path) => EXCEPTIONS[path] === undefined)).toEqual([])
  const names = new Set(listed.map(({ name }) => name))
  const there = Object.keys(EXCEPTIONS).filter((path) => names.has(path.replace(/[.[].*/s, '')))
  expect(there.filter((path) => !exceptions.some(([found]) => found === path))).toEqual([])
})

// google-gemini/gemini-cli#4400: an enum needs its type; chrisdoc/hevy-mcp#1161: its values are strings.
test('an enum has a type, and its values are strings', () => {
  const wrong = inputs.filter(
    ([, schema]) =>
      schema.enum !== undefined &&
      (schema.type !== 'string' || schema.enum.some((value) => typeof value !== 'string')),
  )
  expect(wrong.map(([path]) => path)).toEqual([])
})

/** A server is only kept for the call, which nobody makes. */
const server = { name: 'rowgate' } as MCPServer

const isOpen = (name: string) =>
  exceptions.some(([path, { type }]) => path.startsWith(`${name}.`) && [type].flat().includes('object'))

test.each(listed.filter(({ name }) => !isOpen(name)))(
  '$name is strict after the conversion of the OpenAI Agents SDK',
  ({ name, description, inputSchema }) => {
    const converted = mcpToFunctionTool(
      // The SDK's type is for schemas that are written by hand.
      { name, description, inputSchema: inputSchema as never },
      server,
      true,
    )
    expect(converted).toMatchObject({ type: 'function', strict: true })
  },
)

describe.each(listed)('$name', ({ name, outputSchema }) => {
  test('names and types every field of its answer', () => {
    const output = [
      ...nodes(outputSchema, name),
      ...Object.values(outputSchema.$defs ?? {}).flatMap((schema) => nodes(schema, name)),
    ]
    const untyped = output.filter(([, schema]) => schema.type === undefined && !('$ref' in schema))
    expect(untyped.map(([path]) => path)).toEqual([])
    expect(JSON.stringify(outputSchema)).not.toMatch(/anyOf|9007199254740991|propertyNames|"format"/)
  })
})
