/** A row of the audit log, as the Worker writes it: the call, without its arguments and its result. */

import type { Caller } from '../../../infra/caller.ts'
import type { IdentityKey } from '../../../infra/identity-key.ts'
import { uuidv7 } from '../../../infra/uuid.ts'
import { type AuditedArguments, argumentsHash } from './arguments.ts'

/** A call when it has ended, or before it writes. */
export interface AuditedCall {
  readonly caller: Caller
  readonly requestId: string
  readonly tool: string
  readonly args: AuditedArguments
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly ms: number
  /** `success`, or the error's code. */
  readonly outcome: string
}

/**
 * A batch as `rowgate.open_audit` reads it. Callers and argument hashes are listed once and rows refer to
 * them by index, to keep the payload small.
 */
export interface AuditRows {
  /** The first row's id. The others' last two digits count up from it, so a batch has at most 256 rows. */
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

/** Columns of Postgres' `integer`. */
const MAX_INTEGER = 2_147_483_647

export async function auditRows(calls: readonly AuditedCall[], key: IdentityKey): Promise<AuditRows> {
  const callers = new Map<Caller, number>()
  const args = new Map<string, { readonly index: number; readonly hash: string | undefined }>()
  const rows = calls.map((call): AuditRow => {
    const { tool, outcome, startedAt, ms, requestId } = call
    const by = found(callers, call.caller, () => callers.size)
    const hash = 'hash' in call.args ? call.args.hash : undefined
    // Equal arguments are recognised by their text as received: few come in another order. No JSON of
    // arguments looks like a hash.
    const text = 'hash' in call.args ? call.args.hash : call.args.json
    const { index } = found(args, text, () => ({ index: args.size, hash }))
    return [
      by,
      tool,
      outcome,
      startedAt,
      Math.min(Math.max(Math.round(ms), 0), MAX_INTEGER),
      requestId,
      index,
      call.args.targetCount,
      ...call.args.targets,
    ]
  })
  return {
    id: `${uuidv7().slice(0, -2)}00`,
    callers: Array.from(callers.keys(), ({ userId, tenantId, clientId }) => [
      userId,
      tenantId,
      clientId ?? null,
    ]),
    arguments: await Promise.all(
      Array.from(args, async ([text, { hash }]) => hash ?? (await argumentsHash(text, key))),
    ),
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
