/**
 * Cache keys: a hash of everything that a response depends on, so that different responses never share one.
 */

import { base64url, sha256 } from '../hash.ts'

/**
 * Canonical JSON: members are sorted, so equal arguments give equal text. Undefined for values that JSON
 * cannot tell apart (a Date and its text, NaN and null); those are not cached.
 */
export function canonical(value: unknown): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : undefined
  if (Array.isArray(value)) return joined(value.map(canonical), '[', ']')
  if (typeof value !== 'object' || !isPlain(value)) return undefined
  const members = Object.keys(value)
    .filter((name) => Reflect.get(value, name) !== undefined)
    .sort()
    .map((name) => {
      const text = canonical(Reflect.get(value, name))
      return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`
    })
  return joined(members, '{', '}')
}

function joined(parts: readonly (string | undefined)[], open: string, close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The parts as one URL-safe name. Hashing their JSON keeps `['a', 'bc']` and `['ab', 'c']` apart. */
export async function nameOf(parts: readonly (string | number | readonly string[])[]): Promise<string> {
  return base64url(await sha256(JSON.stringify(parts)))
}
