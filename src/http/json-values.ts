/**
 * Finds JSON values that parsing would change: numbers that lose digits as doubles, and lone surrogates. A
 * regular expression passes nearly every text; only a suspect one is parsed a second time.
 */

/** A number needs 16 digits or a three-digit exponent to be inexact as a double. */
const MAYBE_INEXACT = /\d(?:\.?\d){15}|\d[eE][+-]?\d{3}/
/** UTF-8 cannot encode surrogates, so a lone one can only be an escape. */
const MAYBE_SURROGATE = /\\u[dD][89a-fA-F]/
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

export function holdsInexactNumber(text: string): boolean {
  if (!MAYBE_INEXACT.test(text)) return false
  return holds(
    text,
    (value, source) => typeof value === 'number' && digitsOf(String(value)) !== digitsOf(source),
  )
}

export function holdsLoneSurrogate(text: string): boolean {
  if (!MAYBE_SURROGATE.test(text)) return false
  return holds(text, (value) => {
    if (typeof value === 'string') return !value.isWellFormed()
    return (
      typeof value === 'object' && value !== null && !Object.keys(value).every((name) => name.isWellFormed())
    )
  })
}

/** `source` is a number's text in the JSON (ECMA-262, JSON.parse source text access). */
function holds(text: string, isWanted: (value: unknown, source: string) => boolean): boolean {
  let found = false
  JSON.parse(text, (_name, value: unknown, context?: { source?: string }) => {
    found ||= isWanted(value, context?.source ?? '')
    return value
  })
  return found
}

/** Significant digits and exponent, equal for every spelling of a number, such as `1.10` and `11e-1`. */
function digitsOf(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(number) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  if (kept === '') return NUMBER.test(number) ? '0' : number
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}
