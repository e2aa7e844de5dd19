/** A form from a tool's JSON Schema: which control a property gets, and how its text becomes a value. */

import type { Schema } from '../../mcp/client.ts'

export type Control = 'choice' | 'boolean' | 'number' | 'text' | 'long-text' | 'lines' | 'json'

export interface Field {
  readonly name: string
  readonly control: Control
  readonly required: boolean
  readonly description: string
  readonly choices: readonly string[]
}

/** Properties whose text has lines, by name: a schema does not say so. */
const LONG = /^(?:sql|.*query|description|body|details)$/

export function fieldsOf({ properties = {}, required = [] }: Schema): readonly Field[] {
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    control: controlOf(name, schema),
    required: required.includes(name),
    description: schema.description ?? '',
    choices: (schema.enum ?? []).filter((choice) => choice !== null).map(String),
  }))
  return fields.toSorted((one, other) => Number(other.required) - Number(one.required))
}

function controlOf(name: string, schema: Schema): Control {
  if (schema.enum !== undefined) return 'choice'
  switch (schema.type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'number':
      return 'number'
    case 'string':
      return LONG.test(name) ? 'long-text' : 'text'
    case 'array':
      return schema.items?.type === 'string' && schema.items.enum === undefined ? 'lines' : 'json'
    default:
      return 'json'
  }
}

export type Filled =
  | { readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly problems: Readonly<Record<string, string>> }

/** An empty field is left out of the call, as the default asks. */
export function filledIn(fields: readonly Field[], texts: Readonly<Record<string, string>>): Filled {
  const values: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const field of fields) {
    const text = texts[field.name] ?? ''
    if (text.trim() === '') {
      if (field.required) problems[field.name] = 'Fill this in.'
      continue
    }
    const value = valueIn(field.control, text)
    if (value === undefined) problems[field.name] = PROBLEMS[field.control] ?? 'This cannot be read.'
    else values[field.name] = value
  }
  return Object.keys(problems).length > 0 ? { problems } : { arguments: values }
}

const PROBLEMS: Partial<Record<Control, string>> = {
  number: 'Write a number, such as 10.',
  json: 'Write JSON, such as ["a", 1] or {"name": "value"}.',
}

function valueIn(control: Control, text: string): unknown {
  switch (control) {
    case 'boolean':
      return text === 'true'
    case 'number': {
      const number = Number(text)
      return Number.isFinite(number) ? number : undefined
    }
    case 'lines':
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
    case 'json':
      return parsed(text)
    case 'choice':
    case 'text':
    case 'long-text':
      return text
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
