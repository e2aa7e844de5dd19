/**
 * Validates a tool's real answers against its listed output schema: every field named and typed, none
 * unknown.
 */

import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import { CONNECTION_NAMES } from './connection-names.ts'
import { toolsets } from './served/toolsets.ts'

type Check = (answer: unknown) => { readonly valid: boolean; readonly errorMessage: string | undefined }

const registry = createRegistry(toolsets, new Set(CONNECTION_NAMES))
const everyone = { userId: 'a', tenantId: 'a', clientId: 'a', scopes: new Set(registry.scopes) }
const validator = new AjvJsonSchemaValidator()
let checks: ReadonlyMap<string, Check> | undefined

/** Throws for a field that the schema does not name or that has another type. */
export function checkAnswer(tool: string, answer: unknown): void {
  checks ??= listedChecks()
  const { valid, errorMessage } = checks.get(tool)?.(answer) ?? { valid: true, errorMessage: undefined }
  if (!valid) throw new Error(`${tool} answers what its schema does not say: ${errorMessage}`)
}

function listedChecks(): ReadonlyMap<string, Check> {
  const listed: { name: string; outputSchema?: object }[] = JSON.parse(
    registry.view(everyone, EVERYTHING).listJson,
  )
  return new Map(
    listed.flatMap(({ name, outputSchema }): [string, Check][] => {
      if (outputSchema === undefined) return []
      const check = validator.getValidator<unknown>(closed(outputSchema))
      return [
        [
          name,
          (answer) => {
            const { valid, errorMessage } = check(answer)
            return { valid, errorMessage }
          },
        ],
      ]
    }),
  )
}

/** The schema with `additionalProperties: false` on every object that names its properties. */
function closed(schema: object): Record<string, unknown> {
  const entries = Object.entries(schema).map(([key, value]) => [key, closedValue(value)])
  const open = !('properties' in schema) || 'additionalProperties' in schema
  return { ...Object.fromEntries(entries), ...(!open && { additionalProperties: false }) }
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue)
  return typeof value === 'object' && value !== null ? closed(value) : value
}
