/**
 * What the audit log keeps of a call's arguments: a keyed hash, and the ids in them. The arguments themselves
 * are let go.
 */

import { canonical } from '../../../infra/cache/key.ts'
import { type IdentityKey, keyedHashes } from '../../../infra/identity-key.ts'

/**
 * Until a batch is sent, short arguments wait as their JSON, so that equal ones are hashed once; long ones as
 * their hash.
 */
export type AuditedArguments = Targets & ({ readonly json: string } | { readonly hash: string })

interface Targets {
  /** The first of the ids and table names among them. */
  readonly targets: readonly string[]
  /** How many there are. */
  readonly targetCount: number
}

/**
 * JSON of up to this many characters may wait: not much longer than the hash in its place, with what a row
 * takes beside it.
 */
const SHORT_CHARACTERS = 1_000
/** How many targets a row names; `rowgate.touched` keeps as many. */
const MAX_TARGETS = 100
/**
 * A target is an id or a table's name. A longer text is somebody's mistake, and the log is no place for it.
 */
const MAX_TARGET_CHARACTERS = 200
/** What a cut leaves of a surrogate pair. */
const HALF_AT_END = /[\ud800-\udbff]$/

const NAMES_TARGETS = /(?:^|_)ids?$|^table$/

/** `args` as they came, before they were parsed. */
export function auditedArguments(args: unknown): Targets & { readonly json: string } {
  const targets = targetsOf(args)
  return {
    json: JSON.stringify(args ?? {}),
    targets: targets.slice(0, MAX_TARGETS),
    targetCount: targets.length,
  }
}

/** Whether they may wait as they are. */
export function areShort(args: AuditedArguments): boolean {
  return 'hash' in args || args.json.length <= SHORT_CHARACTERS
}

export async function hashed(args: AuditedArguments, key: IdentityKey): Promise<AuditedArguments> {
  if ('hash' in args) return args
  const { targets, targetCount, json } = args
  return { targets, targetCount, hash: await argumentsHash(json, key) }
}

/** Whatever the order of their members, arguments have the same hash. */
export async function argumentsHash(json: string, key: IdentityKey): Promise<string> {
  const [hash = ''] = await keyedHashes([`arguments ${canonical(JSON.parse(json)) ?? json}`], key)
  return hash
}

/** How much of the isolate's memory they take while they wait, in characters. */
export function sizeOf(args: AuditedArguments): number {
  const text = 'hash' in args ? args.hash : args.json
  return args.targets.reduce((sum, target) => sum + target.length, text.length)
}

/**
 * Arguments named `id`, `…_id`, `…_ids` or `table`: what a call is about. A write's row has the database's
 * own list instead.
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

/** What Postgres can hold: well-formed, and no NUL. */
function text(value: string): string {
  return value
    .slice(0, MAX_TARGET_CHARACTERS)
    .replace(HALF_AT_END, '')
    .toWellFormed()
    .replaceAll('\0', '\ufffd')
}
