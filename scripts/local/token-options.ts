/** What `npm run token` was asked for, or the sentence that says what was wrong with it. */

import { readArguments } from '../cli/arguments.ts'
import { Refusal } from '../cli/cli-error.ts'
import { DEFAULT_DIRECTORY } from './directory.ts'
import type { Claims } from './issuer.ts'

const USAGE =
  'npm run token -- --user NAME [--scopes "a:read a:write"] [--ttl 1h] [--tenant NAME], or npm run token -- --jwks'
const OPTIONS = {
  user: { type: 'string' },
  scopes: { type: 'string' },
  ttl: { type: 'string' },
  tenant: { type: 'string' },
  data: { type: 'string' },
  jwks: { type: 'boolean' },
} as const
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 }
/** Local tokens are thrown away, not kept: more is a mistake. */
const LONGEST_TTL_S = 365 * SECONDS.d
/** The longest that the edge accepts (`Caller.userId`). */
const LONGEST_NAME = 255

/** A token with these claims, or the public keys that tokens of this folder are verified with. */
export type TokenOptions = { directory: string } & (({ jwks: false } & Claims) | { jwks: true })

export function readTokenOptions(args: string[], known: readonly string[]): TokenOptions {
  const given = readArguments(args, OPTIONS, USAGE)
  const { user, scopes, ttl = '1h', tenant, data = DEFAULT_DIRECTORY } = given
  if (given.jwks) return { jwks: true, directory: data }
  return {
    jwks: false,
    user: readName('--user', user),
    scopes: readScopes(scopes, known),
    ttlSeconds: readDuration(ttl),
    tenant: tenant === undefined ? undefined : readName('--tenant', tenant),
    directory: data,
  }
}

/** Reads a duration such as `90s`, `15m`, `1h`, `7d`, in seconds. */
function readDuration(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  // The pattern lets no other letter through.
  const seconds = Number(count) * (SECONDS[unit as keyof typeof SECONDS] ?? Number.NaN)
  if (seconds > 0 && seconds <= LONGEST_TTL_S) return seconds
  throw new Refusal(`--ttl "${text}" is not a duration such as 90s, 15m, 1h or 7d, of a year at most.`)
}

function readScopes(text: string | undefined, known: readonly string[]): readonly string[] {
  if (text === undefined) return known
  const scopes = text.split(/\s+/).filter((scope) => scope !== '')
  const unknown = scopes.find((scope) => !known.includes(scope))
  if (unknown === undefined) return scopes
  throw new Refusal(`--scopes names "${unknown}", which no tool asks for; there are ${known.join(', ')}.`)
}

function readName(option: string, text: string | undefined): string {
  if (text !== undefined && text !== '' && text.length <= LONGEST_NAME) return text
  throw new Refusal(`${option} must be a name of 1 to ${LONGEST_NAME} characters. Usage: ${USAGE}`)
}
