/** Signs audit rows and sends them, in as many requests as their size needs. */

import { RowgateError } from '../../../infra/errors.ts'
import { type IdentityKey, importSourceKey } from '../../../infra/identity-key.ts'
import { retry } from '../../../infra/resilience/retry.ts'
import { signed } from '../seal.ts'
import { type AuditedCall, auditRows } from './rows.ts'

/** `rowgate.open_audit` accepts at most 300 s. */
const SIGNATURE_LIFETIME_MS = 60_000
/** `rowgate.open_audit` accepts at most 4 MiB, and callers' ids can be long. */
const SIGNED_MAX_CHARACTERS = 4_000_000
/** Limit of a write's wait for its `begun` row. */
const BEGIN_LIMIT_MS = 5_000
/** All attempts of a batch, with the waits between them, fit into one flush. */
export const SEND_LIMIT_MS = 7_000
const NOT_BEGUN = 'The audit log cannot be written, so nothing was changed; try again shortly.'
/** A row that is sent again is written once: each has an id. Waits in milliseconds. */
const RESENDING = { attempts: 3, baseMs: 200, capMs: 2_000 }

export interface AuditSenderSettings {
  /** `id:base64`. */
  readonly identityKey: string
  /** The source whose key is derived from it; without one it is the key itself. */
  readonly source?: string | undefined
  /** Sends signed rows to `rowgate.audit_later`. */
  send(signedRows: string, signal: AbortSignal): Promise<void>
  /** Called with the number of rows that could not be written. */
  onLoss(rows: number, cause: unknown): void
}

export interface AuditSender {
  key(): Promise<IdentityKey>
  /** The rows as `rowgate.open_audit` reads them. */
  sign(calls: readonly AuditedCall[]): Promise<string>
  /** Writes one row now; UNAVAILABLE where that fails. */
  write(call: AuditedCall): Promise<void>
  /** Never rejects: losses are reported. `deadline` in milliseconds since the epoch. */
  sendBatch(calls: readonly AuditedCall[], deadline: number): Promise<void>
}

export function createAuditSender(settings: AuditSenderSettings): AuditSender {
  // A resolved value, not a promise: workerd ties a promise to the request that made it.
  let own: IdentityKey | undefined

  async function key(): Promise<IdentityKey> {
    own ??= await importSourceKey(settings.identityKey, settings.source)
    return own
  }

  async function sign(calls: readonly AuditedCall[]): Promise<string> {
    const own = await key()
    const rows = await auditRows(calls, own)
    return signed('audit', { exp: (Date.now() + SIGNATURE_LIFETIME_MS) / 1000, ...rows }, own)
  }

  async function write(call: AuditedCall): Promise<void> {
    try {
      await settings.send(await sign([call]), AbortSignal.timeout(BEGIN_LIMIT_MS))
    } catch (cause) {
      throw new RowgateError('UNAVAILABLE', NOT_BEGUN, { cause, retryable: true })
    }
  }

  async function sendBatch(calls: readonly AuditedCall[], deadline: number): Promise<void> {
    try {
      const rows = await sign(calls)
      if (rows.length > SIGNED_MAX_CHARACTERS && calls.length > 1) return await sendHalves(calls, deadline)
      const limitMs = () => Math.min(SEND_LIMIT_MS, Math.max(0, deadline - Date.now()))
      await retry(() => settings.send(rows, AbortSignal.timeout(limitMs())), {
        ...RESENDING,
        now: Date.now,
        random: Math.random,
        deadline,
        signal: new AbortController().signal,
        mayRetry: () => true,
      })
    } catch (cause) {
      settings.onLoss(calls.length, cause)
    }
  }

  /**
   * Halves a batch that is too large, in order, so that one caller's large rows do not cost others theirs.
   */
  async function sendHalves(calls: readonly AuditedCall[], deadline: number): Promise<void> {
    const half = Math.ceil(calls.length / 2)
    await sendBatch(calls.slice(0, half), deadline)
    await sendBatch(calls.slice(half), deadline)
  }

  return { key, sign, write, sendBatch }
}
