/** The log: one JSON line an event. What a request carried (headers, tokens, arguments, rows) is never put in. */

import { MS_PER_S } from '../units.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Writes a line. `at` is when it happened, in milliseconds since the epoch, where the caller has just looked at the clock. */
type Write = (event: string, fields?: LogFields, at?: number) => void

export interface Log extends Readonly<Record<LogLevel, Write>> {
  /** Whether events of this level are written: what is costly to tell need not be gathered for nobody. */
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

/** ISO 8601. To spell a second out costs as much as all the rest of a line, so it is done once for all of its lines. */
function createClock(): (ms: number) => string {
  let second = Number.NaN
  let spelt = ''
  return (ms) => {
    const own = Math.floor(ms / MS_PER_S)
    if (own !== second) {
      second = own
      spelt = new Date(own * MS_PER_S).toISOString().slice(0, -'000Z'.length)
    }
    return `${spelt}${String(ms % MS_PER_S).padStart(3, '0')}Z`
  }
}

/** Which levels are written is decided once: a level that is off costs an empty call. */
export function createLog(level: LogLevel | 'silent', now: () => number = Date.now): Log {
  const timeOf = createClock()
  const writes = (own: LogLevel) => SEVERITY[own] >= SEVERITY[level]
  function of(own: LogLevel): Write {
    if (!writes(own)) return ignore
    return (event, fields, at = now()) => {
      // Put together by hand: a copy of the fields with three more would cost as much again.
      const line = fields === undefined ? '{' : inert(JSON.stringify(fields).slice(0, -1))
      const comma = line === '{' ? '' : ','
      console[own](`${line}${comma}"time":"${timeOf(at)}","level":"${own}","event":"${event}"}`)
    }
  }
  return { writes, debug: of('debug'), info: of('info'), warn: of('warn'), error: of('error') }
}

/** What JSON leaves as it is, and a terminal acts on: DEL, C1 controls, and what turns or hides text. */
const ACTS_ON_TERMINALS = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

function inert(json: string): string {
  return json.replace(ACTS_ON_TERMINALS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** How many causes of an error are logged: beyond that they only repeat each other. */
const MAX_CAUSES = 4

/** An error as fields: its class and message, and those of its causes. The only place where a driver's text may go. */
export function errorFields(error: unknown): LogFields {
  const texts: string[] = []
  let current = error
  while (current !== undefined && current !== null && texts.length <= MAX_CAUSES) {
    texts.push(current instanceof Error ? `${current.name}: ${current.message}` : String(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return { error: texts.join(' <- ') }
}
