/** Numbers that a double cannot hold to the digit: which they are, and JSON with them as text. */

/** A number needs 16 digits or a three-digit exponent to be inexact as a double. */
const MAYBE_INEXACT = /\d(?:\.?\d){15}|\d[eE][+-]?\d{3}/
const WHOLE = /^-?\d+$/
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/** Whether a text may hold a number that changes as a double. False is certain, and nearly every text's. */
export function mayHoldInexact(text: string): boolean {
  return MAYBE_INEXACT.test(text)
}

/** Whether a decimal number is the same, to the digit, after it has been a double. */
export function isExact(source: string): boolean {
  return digitsOf(String(Number(source))) === digitsOf(source)
}

/**
 * A decimal number as a double; its text where a double would change it, and of whole numbers beyond 2^53.
 */
export function exactNumber(source: string): number | string {
  const number = Number(source)
  if (!mayHoldInexact(source)) return number
  const isSame = WHOLE.test(source) ? Number.isSafeInteger(number) : isExact(source)
  return isSame ? number : source
}

/** JSON, with the text of each number that a double would change. */
export function parseExactly(text: string): unknown {
  return mayHoldInexact(text) ? JSON.parse(text, withExactNumbers) : JSON.parse(text)
}

/** A reviver. `source` is the number's text in the JSON (ECMA-262, JSON.parse source text access). */
export function withExactNumbers(_name: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? exactNumber(context.source) : value
}

/** Significant digits and exponent, equal for every spelling of a number, such as `1.10` and `11e-1`. */
function digitsOf(number: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(number) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  if (kept === '') return NUMBER.test(number) ? '0' : number
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}
