/**
 * Limits the time zones that a query may name. Postgres keeps every zone that a session ever used, some 23 KB
 * each, until the session ends, and accepts any text of the form `<A1>5` as one. So a zone must be a name
 * that the server has, or an offset in quarter hours: a few hundred in all.
 */

import { asNode, fieldsOf, list, type Message, messageOf, nameParts } from '../parser/syntax-tree.ts'
import { argument, literalText } from './literals.ts'

/** Index of a function's zone argument. */
const ZONE_ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ['timezone', 0],
  ['make_timestamptz', 6],
  ['date_trunc', 2],
  ['date_add', 2],
  ['date_subtract', 2],
  ['generate_series', 3],
])
/**
 * A name without digits is a file or an abbreviation of the server's, or an error that leaves nothing behind.
 */
const NAME = /^[A-Za-z]+(?:[_/-][A-Za-z]+)*$/
const OFFSET = /^(?:UTC|GMT|Etc\/GMT)?[+-]?(?:0?\d|1[0-5])(?::?(?:00|15|30|45))?$/i
const NUMBERED = /^(?:EST5EDT|CST6CDT|MST7MDT|PST8PDT|GMT0|Etc\/GMT0)$/i
/** Characters of the longest text that Postgres parses as a time. */
const MAX_TIME_LENGTH = 150
/** A POSIX zone: letters or anything in angle brackets, then hours. */
const POSIX_ZONE = /(?:[A-Za-z]{3,}|<[^<>]*>)[+-]?\d/g
const DATE_OR_TIME = /\d[-./]\d|\d:\d/
/** Texts in a query that may be times with such a zone. A query has one or two. */
const MAX_ZONED_TEXTS = 5

export function isKnownZone(name: string): boolean {
  return NAME.test(name) || OFFSET.test(name) || NUMBERED.test(name)
}

/**
 * Returns why the zone of this call is refused, or undefined. `parameters` are the bound values, if known.
 */
export function zoneProblem(call: Message, parameters: readonly unknown[] | undefined): string | undefined {
  const name = nameParts(call.funcname).at(-1) ?? ''
  const args = list(call.args)
  if (name === 'timezone' && args.length < 2) return undefined
  const zone = args.find(isNamedZone) ?? args[ZONE_ARGUMENTS.get(name) ?? args.length]
  if (zone === undefined || isZone(argument(zone), parameters)) return undefined
  return (
    "A time zone is a literal name such as 'Europe/Berlin' or an offset such as '+05:30', or one parameter with such a " +
    'value; it cannot come from a column or an expression.'
  )
}

function isNamedZone(value: unknown): boolean {
  return messageOf(value, 'NamedArgExpr')?.name === 'timezone'
}

function isZone(value: unknown, parameters: readonly unknown[] | undefined): boolean {
  const node = asNode(value)
  if (node?.kind === 'TypeCast' && nameParts(fieldsOf(node.message.typeName).names).at(-1) === 'interval')
    return true
  const parameter = messageOf(node?.kind === 'TypeCast' ? node.message.arg : value, 'ParamRef')
  if (parameter !== undefined) {
    const bound = parameters?.[Number(parameter.number) - 1]
    return parameters === undefined || bound === null || (typeof bound === 'string' && isKnownZone(bound))
  }
  const written = literalText(value)
  return written !== undefined && isKnownZone(written)
}

/** Counts texts that may be times with a POSIX zone, over all literals and parameters of a query. */
export class ZonedTexts {
  #count = 0

  /** Counts one more text; returns why the query is refused, or undefined. */
  add(value: string): string | undefined {
    if (value.length <= MAX_TIME_LENGTH)
      this.#count += DATE_OR_TIME.test(value) && value.search(POSIX_ZONE) >= 0 ? 1 : 0
    // Longer, it may be an array of times.
    else if (DATE_OR_TIME.test(value)) this.#count += manyZones(value)
    if (this.#count <= MAX_ZONED_TEXTS) return undefined
    return `At most ${MAX_ZONED_TEXTS} times of one query may have a zone in letters and digits (\`ABC5\`); write offsets, as in \`2026-01-01 12:00+05:30\`.`
  }
}

/** In an array each time is between commas, so documents and prose do not count. */
function manyZones(value: string): number {
  let count = 0
  for (const element of value.split(/[,"]/)) {
    if (element.length <= MAX_TIME_LENGTH && DATE_OR_TIME.test(element) && element.search(POSIX_ZONE) >= 0)
      count += 1
  }
  return count
}
