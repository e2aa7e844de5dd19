/** Arguments in, parsed values out; what is wrong is said so that a model can repair the call. */

import type * as z from 'zod'
import { RowgateError } from '../infra/errors.ts'

/** How many wrong fields are named at once: enough to repair a call in one go, few enough to read. */
const MAX_ISSUES = 5

/**
 * Parses a call's arguments with the tool's schema.
 * Throws VALIDATION_ERROR naming each field, its rule and the shape of the value that was sent.
 */
export function parseArguments(schema: z.ZodObject, given: unknown): unknown {
  const parsed = schema.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  const sentences = parsed.error.issues.slice(0, MAX_ISSUES).map((issue) => sentence(issue, schema, given))
  throw new RowgateError('VALIDATION_ERROR', `Wrong arguments. ${sentences.join(' ')}`, {
    details: { fields: parsed.error.issues.slice(0, MAX_ISSUES).map(pathOf) },
  })
}

function sentence(issue: z.core.$ZodIssue, schema: z.ZodObject, given: unknown): string {
  const field = issue.path.length > 0 ? `\`${pathOf(issue)}\`` : 'The arguments'
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path.length === 0 ? ` Known: ${Object.keys(schema.shape).join(', ') || 'none'}.` : ''
    const unknown = issue.keys
      .slice(0, MAX_ISSUES)
      .map((key) => `\`${clip(key)}\``)
      .join(', ')
    return `${field}: unknown ${unknown}.${known}`
  }
  return `${field}: ${issue.message}; got ${shapeOf(valueAt(given, issue.path))}.`
}

function pathOf(issue: z.core.$ZodIssue): string {
  return issue.path.map((key) => clip(String(key))).join('.')
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

/** Says what kind of value it is and how large, never what it holds. */
function shapeOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return `a string of ${value.length} characters`
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Keys come from the caller; a long one is cut so that an error stays an error's length. */
const MAX_KEY_CHARACTERS = 64

function clip(key: string): string {
  return key.length > MAX_KEY_CHARACTERS ? `${key.slice(0, MAX_KEY_CHARACTERS)}…` : key
}
