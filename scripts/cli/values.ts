/** Parses the values of options and arguments. An error is a sentence that follows commander's own. */

import { InvalidArgumentError } from '@commander-js/extra-typings'
import { UsageError } from './cli-error.ts'

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 }
const HIGHEST_PORT = 65_535
/** The longest user id that the edge accepts (`Caller.userId`). */
const LONGEST_NAME = 255
/** In bytes. Postgres silently truncates a longer name. */
const LOGIN_MAX_BYTES = 63
/** Local tokens are disposable, so a longer life is a mistake. */
const LONGEST_TTL_S = 365 * SECONDS.d

export function port(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= HIGHEST_PORT) return value
  throw new InvalidArgumentError(`It must be a number from 1 to ${HIGHEST_PORT}.`)
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

/**
 * The owner's URL given as `option`, without a password (postgres-password.ts). Its errors never repeat the
 * URL, as commander's would, because it may contain one all the same.
 */
export function postgresUrl(option: string): (text: string) => string {
  return (text) => {
    if (!/^postgres(ql)?:\/\//.test(text)) {
      throw new UsageError(`${option} must be postgres://owner@host/database.`)
    }
    const url = URL.parse(text)
    if (url === null)
      throw new UsageError(`${option} is not a URL: it must be postgres://owner@host/database.`)
    if (url.password !== '' || url.searchParams.has('password')) {
      throw new UsageError(
        `${option} must not contain a password, because every user of this machine can read it in \`ps\`: set PGPASSWORD, or type the password when you are asked.`,
      )
    }
    return text
  }
}

/** A value that begins with a hyphen is probably the next option, and this one's value is missing. */
export function folder(text: string): string {
  if (text !== '' && !text.startsWith('-')) return text
  throw new InvalidArgumentError('It must name a folder.')
}

export function loginName(text: string): string {
  if (text !== '' && !text.startsWith('-') && Buffer.byteLength(text) <= LOGIN_MAX_BYTES) return text
  throw new InvalidArgumentError(`It must be a role's name of at most ${LOGIN_MAX_BYTES} bytes.`)
}

/** A duration such as `90s`, `15m`, `1h`, `7d`, in seconds. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  // The regex allows no other letter.
  const seconds = Number(count) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN)
  if (seconds > 0 && seconds <= LONGEST_TTL_S) return seconds
  throw new InvalidArgumentError('It must be a duration such as 90s, 15m, 1h or 7d, of a year at most.')
}

export function callerName(text: string): string {
  if (text !== '' && text.length <= LONGEST_NAME) return text
  throw new InvalidArgumentError(`It must be a name of 1 to ${LONGEST_NAME} characters.`)
}

export function sourceName(text: string): string {
  if (/^[a-z][a-z0-9_]{0,31}$/.test(text)) return text
  throw new InvalidArgumentError('It must be lower-case letters, digits and _, at most 32.')
}

/** Names separated by commas. */
export function schemaList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '' && !name.startsWith('-'))) return names
  throw new InvalidArgumentError('It must be names of schemas, separated by commas.')
}
