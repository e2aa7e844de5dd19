/** The values of `$1`, `$2` and so on, each written as JSON in a field of its own. */

export type Value = string | number | boolean | null | readonly Value[]

export type Parameters =
  | { readonly values: readonly Value[] }
  | { readonly problems: Readonly<Record<number, string>> }

/** `texts`: of the fields, the first being that of `$1`. */
export function readParameters(texts: readonly string[]): Parameters {
  const problems: Record<number, string> = {}
  const values = texts.map((text, at) => {
    const value = valueIn(text)
    if (value !== undefined) return value
    problems[at] = problemOf(text)
    return null
  })
  return Object.keys(problems).length > 0 ? { problems } : { values }
}

function valueIn(text: string): Value | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isValue(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isValue(value: unknown): value is Value {
  return value === null || typeof value !== 'object' || (Array.isArray(value) && value.every(isValue))
}

function problemOf(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return 'Needs a value: a text is written "in quotes", and no value is null.'
  if (trimmed.startsWith('{')) return 'An object is sent as a text: write its JSON as one in quotes.'
  return `Is not JSON. A text is written in quotes: ${JSON.stringify(trimmed.replaceAll('"', ''))}.`
}
