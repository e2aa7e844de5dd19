/** Every tool's description for a model and a client: read from the registry as it would be served. */

import { describe, expect, test } from 'vitest'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import { toolsets } from '../../../src/with-examples.ts'
import { CONNECTION_NAMES } from '../../support/product/connection-names.ts'

/** A client cuts what it takes from one server at 25,000 tokens; a token of JSON is four bytes or so. */
const LIST_MAX_BYTES = 100_000
/** A model reads it on every turn. */
const DESCRIPTION_MAX_CHARACTERS = 400
/**
 * An OAuth 2.0 scope token (RFC 6749, 3.3) of the kind that we use: what it is about, then what may be done.
 */
const SCOPE = /^[a-z]+(:(read|write|health))?$/

interface Schema {
  readonly description?: string
  readonly type?: string
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

interface Listed {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly inputSchema: Schema
  readonly outputSchema: Schema
  readonly annotations: Readonly<Record<string, boolean>>
}

const registry = createRegistry(toolsets, new Set(CONNECTION_NAMES))
const all = {
  ...{ userId: 'alice', tenantId: 'alice', clientId: 'test', isConsole: true as const },
  scopes: new Set(registry.scopes),
}
const { listJson } = registry.view(all, EVERYTHING)
const listed: Listed[] = JSON.parse(listJson)
const tools = toolsets.flatMap((toolset) => toolset.tools)

/** The paths of all fields, at any depth, that say nothing of themselves. */
function undescribed(schema: Schema, path = ''): string[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}${name}`]),
    ...undescribed(field, `${path}${name}.`),
  ])
  const inside = [...(schema.items === undefined ? [] : [schema.items]), ...(schema.anyOf ?? [])]
  return [...fields, ...inside.flatMap((part) => undescribed(part, path))]
}

test('a caller with every scope is shown every tool, and the list fits what a client takes', () => {
  expect(listed.map(({ name }) => name).sort()).toEqual(tools.map(({ name }) => name).sort())
  expect(new TextEncoder().encode(listJson).length).toBeLessThan(LIST_MAX_BYTES)
})

describe.each(listed)('$name', ({ title, description, inputSchema, outputSchema }) => {
  test('has a title and a short description, in sentences', () => {
    expect(title).toMatch(/^[A-Z][^.]{2,59}$/)
    expect(description).toMatch(/^[A-Z].*\.$/s)
    expect(description.length).toBeLessThanOrEqual(DESCRIPTION_MAX_CHARACTERS)
  })

  test('describes every field that it takes, and takes no other', () => {
    expect(undescribed(inputSchema)).toEqual([])
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false })
  })

  test('says what it answers', () => {
    expect(outputSchema).toMatchObject({ type: 'object' })
  })
})

test.each(tools)('$name: its annotations are those of its scope, $scope', ({ scope, annotations }) => {
  expect(scope).toMatch(SCOPE)
  const { readOnlyHint, destructiveHint } = annotations
  expect(readOnlyHint).toBe(/:(read|health)$/.test(scope))
  expect(readOnlyHint && destructiveHint).toBe(false)
})
