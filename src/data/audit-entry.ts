/** One row of the audit log as the Worker writes it: what a call was, without its arguments or its result. */

import { canonical } from '../infra/cache-key.ts'
import type { Caller } from '../infra/caller.ts'
import { uuidv7 } from '../infra/uuid.ts'
import { type IdentityKey, keyedHashes } from './identity.ts'

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

export async function auditEntries(calls: readonly AuditedCall[], key: IdentityKey): Promise<AuditEntry[]> {
  const hashes = await keyedHashes(calls.map(argumentsText), key)
  return calls.map((call, index) => entryOf(call, hashes[index] ?? ''))
}

/** Equal arguments are one text, and so have one hash. */
function argumentsText(call: AuditedCall): string {
  const args = call.args ?? {}
  return `arguments ${canonical(args) ?? JSON.stringify(args)}`
}

function entryOf(call: AuditedCall, hash: string): AuditEntry {
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
    arguments: hash,
    targets: targets.slice(0, MAX_TARGETS),
    count: targets.length,
  }
}

/** Arguments named `id`, `…_id` or `…_ids`: the rows that a call is about. A write's row has the database's own list instead. */
function targetsOf(args: unknown): string[] {
  if (typeof args !== 'object' || args === null) return []
  const names = Object.keys(args).filter((name) => /(?:^|_)ids?$/.test(name))
  return names
    .map((name): unknown => Reflect.get(args, name))
    .flatMap((value): unknown[] => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => text(String(value)))
}

/** What Postgres can hold: well-formed, and no NUL. */
function text(value: string): string {
  return value.slice(0, MAX_TARGET_CHARACTERS).toWellFormed().replaceAll('\0', '\ufffd')
}
