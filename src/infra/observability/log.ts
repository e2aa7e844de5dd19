/** The log: one line of JSON per event. Never contains headers, tokens, arguments or rows. */

import { MS_PER_S } from '../units.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Writes an event. `at` in milliseconds since the epoch; pass it to save a second look at the clock. */
type Write = (event: string, fields?: LogFields, at?: number) => void

export interface Log extends Readonly<Record<LogLevel, Write>> {
  /** Whether this level is written. Ask before gathering costly fields. */
  writes(level: LogLevel): boolean
}

const SEVERITY: Readonly<Record<LogLevel | 'silent', number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  silent: 4,
}

function ignore(): void {}

/** Formats ISO 8601 times. The part up to the second is cached. perf: see docs/performance.md */
function createClock(): (ms: number) => string {
  let second = Number.NaN
  let text = ''
  return (ms) => {
    const own = Math.floor(ms / MS_PER_S)
    if (own !== second) {
      second = own
      text = new Date(own * MS_PER_S).toISOString().slice(0, -'000Z'.length)
    }
    return `${text}${String(ms % MS_PER_S).padStart(3, '0')}Z`
  }
}

/** Levels are chosen once: one that is off is an empty function. */
export function createLog(level: LogLevel | 'silent', now: () => number = Date.now): Log {
  const timeOf = createClock()
  const writes = (own: LogLevel) => SEVERITY[own] >= SEVERITY[level]
  function of(own: LogLevel): Write {
    if (!writes(own)) return ignore
    return (event, fields, at = now()) => {
      // The fields' JSON is extended as text, without copying them. perf: see docs/performance.md
      const line = fields === undefined ? '{' : inert(JSON.stringify(fields).slice(0, -1))
      const comma = line === '{' ? '' : ','
      console[own](`${line}${comma}"time":"${timeOf(at)}","level":"${own}","event":"${event}"}`)
    }
  }
  return { writes, debug: of('debug'), info: of('info'), warn: of('warn'), error: of('error') }
}

/**
 * Characters that JSON does not escape and a terminal acts on: DEL, C1 controls, and those that reverse or
 * hide text.
 */
const ACTS_ON_TERMINALS = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

function inert(json: string): string {
  return json.replace(ACTS_ON_TERMINALS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Causes of an error that are logged; deeper ones repeat each other. */
const MAX_CAUSES = 4

/** Class and message of an error and of its causes. The only place where a driver's text may appear. */
export function errorFields(error: unknown): LogFields {
  const texts: string[] = []
  let current = error
  while (current !== undefined && current !== null && texts.length <= MAX_CAUSES) {
    texts.push(current instanceof Error ? `${current.name}: ${current.message}` : String(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return { error: texts.join(' <- ') }
}
