/** One row of the audit log as the Worker writes it: what a call was, without its arguments or its result. */

import type { Caller } from '../infra/caller.ts'
import { uuidv7 } from '../infra/uuid.ts'
import { type IdentityKey, keyedHash } from './identity.ts'

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

/** How `rowgate.append_audit` reads it. */
export interface AuditEntry {
  readonly id: string
  readonly sub: string
  readonly tenant: string
  readonly client: string | null
  readonly tool: string
  readonly outcome: string
  readonly at: number
  readonly ms: number
  readonly request: string
  readonly arguments: string
  readonly targets: readonly string[]
  readonly count: number
}

/** How many targets a row names; `rowgate.touched` keeps as many. */
const MAX_TARGETS = 100
/** A target is an id. A longer text is somebody's mistake, and the log is no place for it. */
const MAX_TARGET_CHARACTERS = 200

/** Columns of Postgres' `integer`. */
const MAX_INTEGER = 2_147_483_647

export async function auditEntry(call: AuditedCall, key: IdentityKey): Promise<AuditEntry> {
  const { caller, tool, outcome } = call
  const targets = targetsOf(call.args)
  return {
    id: uuidv7(),
    sub: caller.userId,
    tenant: caller.tenantId,
    client: caller.clientId ?? null,
    tool,
    outcome,
    at: call.startedAt,
    ms: Math.min(Math.max(Math.round(call.ms), 0), MAX_INTEGER),
    request: call.requestId,
    arguments: await keyedHash(`arguments ${canonicalJson(call.args ?? {})}`, key),
    targets: targets.slice(0, MAX_TARGETS),
    count: targets.length,
  }
}

/** Arguments named `id`, `…_id` or `…_ids`: the rows that a call is about. A write's row has the database's own list instead. */
export function targetsOf(args: unknown): string[] {
  if (typeof args !== 'object' || args === null) return []
  return Object.entries(args)
    .filter(([name]) => /(?:^|_)ids?$/.test(name))
    .flatMap(([, value]: [string, unknown]) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => text(String(value)))
}

/** What Postgres can hold: well-formed, and no NUL. */
function text(value: string): string {
  return value.slice(0, MAX_TARGET_CHARACTERS).toWellFormed().replaceAll('\0', '\ufffd')
}

/** JSON with every object's keys in one order, so that equal arguments have equal hashes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
