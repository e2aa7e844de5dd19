/** JSON Schema keywords as words in a description, which every model provider passes on to its model. */

export type Type = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'

/** The part of JSON Schema 2020-12 that zod writes and this code reads. */
export interface JsonSchema {
  readonly type?: Type | readonly Type[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly default?: unknown
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly [keyword: string]: unknown
}

const FORMATS: Readonly<Record<string, string>> = {
  date: 'YYYY-MM-DD',
  'date-time': 'ISO 8601',
  email: 'an e-mail address',
}

/** The schema's own description, completed by its limits, format and default. */
export function describe(schema: JsonSchema): string | undefined {
  const { description = '', format = '', default: preset } = schema
  const limits = limitsOf(schema).flatMap(({ least, most, unit }) =>
    saysNumber(description, most ?? least) ? [] : [range(least, most) + unit],
  )
  const shape = FORMATS[format] ?? ''
  const notes = [
    ...limits,
    ...(description.includes(shape) ? [] : [shape]),
    ...(isWorthSaying(preset) && !/\bdefault\b/i.test(description) ? [`default ${plainText(preset)}`] : []),
  ]
  const parts = [description.replace(notes.length > 0 ? /\.$/ : /$^/, ''), ...notes]
  return parts.filter((part) => part !== '').join('; ') || undefined
}

interface Limit {
  readonly least: number | undefined
  readonly most: number | undefined
  readonly unit: string
}

/** zod bounds every integer at 2^53, which limits nothing that a caller would send. */
function limitsOf(schema: JsonSchema): Limit[] {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = schema
  const safe = (bound: number | undefined) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined
  const limits = [
    { least: aboveOne(minLength), most: maxLength, unit: ' characters' },
    { least: aboveOne(minItems), most: maxItems, unit: '' },
    { least: safe(minimum), most: safe(maximum), unit: '' },
  ]
  return limits.filter(({ least, most }) => least !== undefined || most !== undefined)
}

/** A minimum length of 1 goes without saying. */
function aboveOne(least: number | undefined): number | undefined {
  return least !== undefined && least > 1 ? least : undefined
}

function range(least: number | undefined, most: number | undefined): string {
  if (most === undefined) return `${least} or more`
  return least === undefined ? `up to ${most}` : `${least} to ${most}`
}

function saysNumber(description: string, bound: number | undefined): boolean {
  return bound !== undefined && new RegExp(`(?<!\\d)${bound}(?!\\d)`).test(description.replaceAll(',', ''))
}

/** An option that is off by default, or an empty list, goes without saying. */
function isWorthSaying(preset: unknown): boolean {
  return preset !== undefined && preset !== false && !(Array.isArray(preset) && preset.length === 0)
}

function plainText(preset: unknown): string {
  return typeof preset === 'string' ? preset : JSON.stringify(preset)
}
