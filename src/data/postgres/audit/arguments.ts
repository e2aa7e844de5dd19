/**
 * A call's arguments in the audit log: a keyed hash, and the ids in them. The arguments themselves are
 * dropped.
 */

import { canonical } from '../../../infra/cache/key.ts'
import { type IdentityKey, keyedHashes } from '../../../infra/identity-key.ts'

/**
 * Until a batch is sent, short arguments are queued as JSON, so that equal ones are hashed once; long ones as
 * their hash.
 */
export type AuditedArguments = Targets & ({ readonly json: string } | { readonly hash: string })

interface Targets {
  /** The first of the ids and table names in the arguments. */
  readonly targets: readonly string[]
  /** Their total number. */
  readonly targetCount: number
}

/** Longest JSON that is queued: with the rest of the row it takes little more than its hash would. */
const SHORT_CHARACTERS = 1_000
/** Most targets in a row; the same limit as in `rowgate.touched`. */
const MAX_TARGETS = 100
/**
 * Longest target. It is an id or a table's name; a longer text is a mistake that does not belong into the
 * log.
 */
const MAX_TARGET_CHARACTERS = 200
/** Half a surrogate pair, left by a cut. */
const HALF_AT_END = /[\ud800-\udbff]$/

const NAMES_TARGETS = /(?:^|_)ids?$|^table$/

/** `args` as received, before parsing. */
export function auditedArguments(args: unknown): Targets & { readonly json: string } {
  const targets = targetsOf(args)
  return {
    json: JSON.stringify(args ?? {}),
    targets: targets.slice(0, MAX_TARGETS),
    targetCount: targets.length,
  }
}

/** Whether they are queued as JSON. */
export function areShort(args: AuditedArguments): boolean {
  return 'hash' in args || args.json.length <= SHORT_CHARACTERS
}

export async function hashed(args: AuditedArguments, key: IdentityKey): Promise<AuditedArguments> {
  if ('hash' in args) return args
  const { targets, targetCount, json } = args
  return { targets, targetCount, hash: await argumentsHash(json, key) }
}

/** The hash does not depend on the order of members. */
export async function argumentsHash(json: string, key: IdentityKey): Promise<string> {
  const [hash = ''] = await keyedHashes([`arguments ${canonical(JSON.parse(json)) ?? json}`], key)
  return hash
}

/** Memory that they take while they are queued, in characters. */
export function sizeOf(args: AuditedArguments): number {
  const text = 'hash' in args ? args.hash : args.json
  return args.targets.reduce((sum, target) => sum + target.length, text.length)
}

/**
 * Arguments named `id`, `…_id`, `…_ids` or `table`, which tell what a call is about. A write's row has the
 * database's own list instead.
 */
function targetsOf(args: unknown): readonly string[] {
  if (typeof args !== 'object' || args === null) return []
  const names = Object.keys(args).filter((name) => NAMES_TARGETS.test(name))
  if (names.length === 0) return []
  return names
    .flatMap((name): unknown => Reflect.get(args, name))
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => text(String(value)))
}

/** A text that Postgres can store: well-formed, and without NUL. */
function text(value: string): string {
  return value
    .slice(0, MAX_TARGET_CHARACTERS)
    .replace(HALF_AT_END, '')
    .toWellFormed()
    .replaceAll('\0', '\ufffd')
}
