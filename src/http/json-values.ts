/**
 * What a JSON text may say and we could not keep: numbers that lose digits as doubles, and halves of surrogate pairs. A scan
 * passes nearly every text; only one that may hold such a value is parsed once more.
 */

/** A number that a double may not hold has 16 digits, or an exponent of three. */
const MAYBE_INEXACT = /\d(?:\.?\d){15}|\d[eE][+-]?\d{3}/
/** UTF-8 has no surrogates, so a half of a pair comes as an escape. */
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

/** Whether a value in it is such a one. A reviver is told the text that a number had (ECMA-262, JSON.parse source text access). */
function holds(text: string, isWanted: (value: unknown, source: string) => boolean): boolean {
  let found = false
  JSON.parse(text, (_name, value: unknown, context?: { source?: string }) => {
    found ||= isWanted(value, context?.source ?? '')
    return value
  })
  return found
}

/** The digits of a number and the place of its point, the same for every way to write it: `1.10`, `11e-1`. */
function digitsOf(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(number) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  if (kept === '') return NUMBER.test(number) ? '0' : number
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}
