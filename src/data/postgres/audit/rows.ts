/** One row of the audit log as the Worker writes it: what a call was, without its arguments or its result. */

import { canonical } from '../../../infra/cache/key.ts'
import type { Caller } from '../../../infra/caller.ts'
import { uuidv7 } from '../../../infra/uuid.ts'
import { type IdentityKey, keyedHashes } from '../seal.ts'

/** What is known of a call when it is over, or about to write. */
export interface AuditedCall {
  readonly caller: Caller
  readonly requestId: string
  readonly tool: string
  /** As they came, before they were parsed. */
  readonly args: unknown
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly ms: number
  /** `success`, or the error's code. */
  readonly outcome: string
}

/**
 * Rows as `rowgate.open_audit` reads them. What several have in common is said once, since what a row costs is mostly its
 * length: a row names its caller and its arguments by their places in the lists.
 */
export interface AuditRows {
  /** The first row's; the last two digits of the others' count on from it, so these are 256 rows at most. */
  readonly id: string
  readonly callers: readonly (readonly [sub: string, tenant: string, client: string | null])[]
  /** HMACs of arguments, in hex. */
  readonly arguments: readonly string[]
  readonly rows: readonly AuditRow[]
}

type AuditRow = readonly [
  caller: number,
  tool: string,
  outcome: string,
  at: number,
  ms: number,
  request: string,
  args: number,
  count: number,
  ...targets: string[],
]

/** How many targets a row names; `rowgate.touched` keeps as many. */
const MAX_TARGETS = 100
/** A target is an id or a table's name. A longer text is somebody's mistake, and the log is no place for it. */
const MAX_TARGET_CHARACTERS = 200

const NAMES_TARGETS = /(?:^|_)ids?$|^table$/

/** Columns of Postgres' `integer`. */
const MAX_INTEGER = 2_147_483_647

/** What is the same for all calls with the same arguments. */
interface Arguments {
  readonly place: number
  readonly targets: readonly string[]
}

export async function auditRows(calls: readonly AuditedCall[], key: IdentityKey): Promise<AuditRows> {
  const callers = new Map<Caller, number>()
  /** By their text as it came: to put members in order takes as long as all else of a row, and few come in another order. */
  const texts = new Map<string, Arguments>()
  const rows = calls.map(({ caller, tool, outcome, startedAt, ms, requestId, args }): AuditRow => {
    const by = found(callers, caller, () => callers.size)
    const text = JSON.stringify(args ?? {})
    const { place, targets } = found(texts, text, () => ({ place: texts.size, targets: targetsOf(args) }))
    return [
      by,
      tool,
      outcome,
      startedAt,
      Math.min(Math.max(Math.round(ms), 0), MAX_INTEGER),
      requestId,
      place,
      targets.length,
      ...targets.slice(0, MAX_TARGETS),
    ]
  })
  return {
    id: `${uuidv7().slice(0, -2)}00`,
    callers: Array.from(callers.keys(), ({ userId, tenantId, clientId }) => [
      userId,
      tenantId,
      clientId ?? null,
    ]),
    arguments: await keyedHashes(Array.from(texts.keys(), argumentsText), key),
    rows,
  }
}

function found<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key)
  if (value !== undefined) return value
  const made = make()
  known.set(key, made)
  return made
}

/** Of arguments as they came: whatever the order of their members, they have the same hash. */
function argumentsText(json: string): string {
  return `arguments ${canonical(JSON.parse(json)) ?? json}`
}

/** Arguments named `id`, `…_id`, `…_ids` or `table`: what a call is about. A write's row has the database's own list instead. */
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
  return value.slice(0, MAX_TARGET_CHARACTERS).toWellFormed().replaceAll('\0', '\ufffd')
}
