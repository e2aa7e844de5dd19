/**
 * Limits on calls that produce large values, where their size can be read from the query. The statement
 * timeout and the plan-cost limit cover rows, but not the time and memory of one large value: that is limited
 * here and in `work/`.
 */

import { asNode, fieldsOf, list, type Message, nameParts } from '../parser/syntax-tree.ts'
import { argument, isOfNumbers, literalNumber, literalText, upperBound } from './literals.ts'

/** Characters that one `repeat`, `lpad` or `rpad` may produce. A bar in a text chart has 100. */
const MAX_PADDING = 10_000
/** Product of the counts of all `repeat`s in a query, as one may repeat another's result. */
const MAX_REPEATED = 10_000_000
/** Rows of one `generate_series`: every hour of eleven years. */
const MAX_SERIES = 100_000
/** Product of the rows of all series in a query, as they may be joined without a condition. */
const MAX_SERIES_PRODUCT = 10_000_000
/** Shortest step, in seconds, of a series of times whose ends are not literals. */
const MIN_UNKNOWN_STEP_S = 60

/**
 * Adds up the limited calls of one query. One per query; `check` returns a reason once the limit is exceeded.
 */
export class SizeLimits {
  #repeated = 1
  #series = 1

  check(name: string, call: Message): string | undefined {
    const args = list(call.args).map(argument)
    switch (name) {
      case 'repeat':
        return this.#checkRepeat(args[1])
      case 'lpad':
      case 'rpad':
        return paddingProblem(name, args[1])
      case 'format':
        return formatProblem(args[0])
      case 'generate_series':
        return this.#checkSeries(args)
      default:
        return undefined
    }
  }

  #checkRepeat(count: unknown): string | undefined {
    const problem = paddingProblem('repeat', count)
    if (problem !== undefined) return problem
    this.#repeated *= Math.max(1, upperBound(count) ?? 1)
    if (this.#repeated <= MAX_REPEATED) return undefined
    return `The counts of the \`repeat\` calls multiply to more than ${MAX_REPEATED}; use smaller ones.`
  }

  #checkSeries(args: readonly unknown[]): string | undefined {
    const [start, stop, step] = args
    if ([start, stop].some((end) => /infinity/i.test(literalText(end, TIMES) ?? ''))) {
      return '`generate_series` to infinity never ends; give it an end.'
    }
    if ([start, stop, step].some(isBareParameter)) {
      return `\`generate_series\` over a parameter has no known bound; write \`least($1, ${MAX_SERIES})\`, or cast it: \`$1::date\`.`
    }
    if ([start, stop, step].some((end) => isOfNumbers(end) && literalNumber(end) === undefined)) {
      return '`generate_series` needs ends that can be read from the query; write them as numbers.'
    }
    const rows = seriesRows(start, stop, step)
    if (rows === undefined) return unknownSeriesProblem(step)
    if (rows > MAX_SERIES)
      return `\`generate_series\` may make at most ${MAX_SERIES} rows; this one makes ${rows}.`
    this.#series *= Math.max(1, rows)
    if (this.#series <= MAX_SERIES_PRODUCT) return undefined
    return `The \`generate_series\` calls multiply to more than ${MAX_SERIES_PRODUCT} rows; use shorter ones.`
  }
}

function paddingProblem(name: string, count: unknown): string | undefined {
  const bound = upperBound(count)
  if (bound === undefined) {
    return `\`${name}\` needs a length that the query itself bounds: a number, or \`least(…, 100)\`.`
  }
  if (bound <= MAX_PADDING) return undefined
  return `\`${name}\` may make at most ${MAX_PADDING} characters; this one asks for ${bound}.`
}

/** `format('%1000000000s', …)` pads like `lpad`, so the widths must be in the text, and small. */
function formatProblem(pattern: unknown): string | undefined {
  const template = literalText(pattern)
  if (template === undefined) return "`format` needs its pattern as a literal text: `format('%s: %s', a, b)`."
  if (/%(\d+\$)?-*\*/.test(template)) return '`format` may not take a width from an argument (`%*s`).'
  if (/%(\d+\$)?-*\d{5,}/.test(template))
    return `\`format\` may pad to at most ${MAX_PADDING - 1} characters.`
  return undefined
}

function isBareParameter(value: unknown): boolean {
  const node = asNode(value)
  if (node?.kind === 'ParamRef') return true
  if (node?.kind !== 'TypeCast') return false
  const type = nameParts(fieldsOf(node.message.typeName).names).at(-1)
  return isBareParameter(node.message.arg) && !/^(date|timestamp|timestamptz|interval)$/.test(type ?? '')
}

function seriesRows(start: unknown, stop: unknown, step: unknown): number | undefined {
  const last = upperBound(stop)
  const first = literalNumber(start)
  if (first !== undefined && last !== undefined) {
    const stride = step === undefined ? 1 : literalNumber(step)
    return stride === undefined ? undefined : rowsBetween(first, last, stride)
  }
  const [from, to] = [instant(start), instant(stop)]
  const stride = intervalSeconds(step)
  if (from === undefined || to === undefined || stride === undefined) return undefined
  return rowsBetween(from, to, stride)
}

/** Assumed rows of a series of times whose ends are not literals: each minute of a week. */
const UNKNOWN_SERIES = 10_000

/** Rows of a `generate_series`, or an assumed number where its ends are not literals. */
export function seriesCount(args: readonly unknown[]): number {
  const [start, stop, step] = args
  return Math.max(1, seriesRows(start, stop, step) ?? UNKNOWN_SERIES)
}

function rowsBetween(first: number, last: number, stride: number): number {
  // Postgres itself refuses a step of zero.
  if (stride === 0) return 0
  return Math.max(0, Math.floor((last - first) / stride) + 1)
}

function unknownSeriesProblem(step: unknown): string | undefined {
  const seconds = intervalSeconds(step)
  if (seconds === undefined || Math.abs(seconds) >= MIN_UNKNOWN_STEP_S) return undefined
  return `\`generate_series\` with a step under ${MIN_UNKNOWN_STEP_S} seconds needs both ends as literals.`
}

const TIMES: ReadonlySet<string> = new Set([
  'text',
  'varchar',
  'date',
  'timestamp',
  'timestamptz',
  'interval',
])
/** Anchored at the end: `2000-01-01 BC` is four thousand years before it. */
const ISO = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)? ?(Z|UTC|[+-]\d\d(:?\d\d)?)?$/

/** Seconds since 1970 of a literal date or timestamp in ISO order. */
function instant(value: unknown): number | undefined {
  const written = literalText(value, TIMES)
  if (written === undefined || !ISO.test(written)) return undefined
  const milliseconds = Date.parse(written.slice(0, 10))
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000
}

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['microsecond', 1e-6],
  ['millisecond', 1e-3],
  ['second', 1],
  ['sec', 1],
  ['minute', 60],
  ['min', 60],
  ['hour', 3_600],
  ['day', 86_400],
  ['week', 604_800],
  ['month', 2_592_000],
  ['mon', 2_592_000],
  ['quarter', 7_776_000],
  ['year', 31_536_000],
])

/** Seconds of a literal interval of one unit, such as `1 day`. `interval '1' day` is not parsed. */
function intervalSeconds(value: unknown): number | undefined {
  const parts = /^\s*([+-]?\d+(?:\.\d+)?)\s*([a-z]+?)s?\s*$/i.exec(literalText(value, TIMES) ?? '')
  const unit = UNIT_SECONDS.get(parts?.[2]?.toLowerCase() ?? '')
  return parts === null || unit === undefined ? undefined : Number(parts[1]) * unit
}
