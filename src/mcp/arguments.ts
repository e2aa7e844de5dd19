/** Argument validation: errors are worded so that a model can repair the call. */

import * as z from 'zod'
import { RowgateError } from '../infra/errors.ts'
import { clip } from '../infra/text.ts'

/** Wrong fields named in one error: enough to repair a call at once, few enough to read. */
const MAX_ISSUES = 5

/**
 * Parses a call's arguments with the tool's schema. Null for an optional argument counts as absent, because
 * strict clients send every property. Throws VALIDATION_ERROR naming each field, its rule and the shape of
 * the value that was sent.
 */
export function parseArguments(schema: z.ZodObject, given: unknown): unknown {
  const asGiven = schema.safeParse(given ?? {})
  if (asGiven.success) return asGiven.data
  const args = withoutNulls(schema, given ?? {})
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, MAX_ISSUES)
  const sentences = issues.map((issue) => sentence(issue, schema, args))
  throw new RowgateError('VALIDATION_ERROR', `Wrong arguments. ${sentences.join(' ')}`, {
    details: { fields: issues.map(pathOf) },
  })
}

/** Drops nulls where the schema allows the member to be absent; any other null is a value. */
function withoutNulls(schema: unknown, value: unknown): unknown {
  const shape = shapeBelow(schema)
  if (shape instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => withoutNulls(shape.element, item))
  }
  if (!(shape instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(
    ([name, member]) => member !== null || !mayBeLeftOut(shape, name),
  )
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(shape.shape[name], member)]))
}

function mayBeLeftOut({ shape }: z.ZodObject, name: string): boolean {
  const member: unknown = Object.hasOwn(shape, name) ? shape[name] : undefined
  if (!(member instanceof z.ZodType)) return false
  return member.safeParse(undefined).success && !member.safeParse(null).success
}

function shapeBelow(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return shapeBelow(schema.unwrap())
  return schema instanceof z.ZodPipe ? shapeBelow(schema.in) : schema
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

/** The type and size of a value, never its content. */
export function shapeOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return `a string of ${value.length} characters`
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
