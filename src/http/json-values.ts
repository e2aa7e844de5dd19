/**
 * Finds JSON values that parsing would change: numbers that lose digits as doubles, and lone surrogates. A
 * regular expression passes nearly every text; only a suspect one is parsed a second time.
 */

import { isExact, mayHoldInexact } from '../infra/exact-number.ts'

/** UTF-8 cannot encode surrogates, so a lone one can only be an escape. */
const MAYBE_SURROGATE = /\\u[dD][89a-fA-F]/

export function holdsInexactNumber(text: string): boolean {
  return mayHoldInexact(text) && holds(text, (value, source) => typeof value === 'number' && !isExact(source))
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
