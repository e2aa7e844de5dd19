/**
 * Writes the audit log to Postgres. A write's row is signed here and sent by the connector in the write's own
 * transaction; every other row is queued in the isolate for a moment and sent in a batch after the responses.
 */

import { RowgateError } from '../../../infra/errors.ts'
import { type IdentityKey, importSourceKey } from '../../../infra/identity-key.ts'
import { retry } from '../../../infra/resilience/retry.ts'
import type { Audit, AuditedRequest } from '../../audit-trail.ts'
import { signed } from '../seal.ts'
import { areShort, hashed, sizeOf } from './arguments.ts'
import { type AuditWriter, Trail } from './call-audit.ts'
import { type AuditedCall, auditRows } from './rows.ts'

/** `rowgate.open_audit` accepts at most 300 s. */
const SIGNATURE_LIFETIME_MS = 60_000
/**
 * Pause before a batch: long enough that a busy isolate sends tens of rows at once, short enough that a
 * stopped one loses little.
 */
const LINGER_MS = 100
/**
 * Larger batches cost less per row. The ids of a batch's rows count to 256 (`AuditRows`), which is the limit.
 */
const BATCH_MAX_ROWS = 250
/** `rowgate.open_audit` accepts at most 4 MiB, and callers' ids can be long. */
const SIGNED_MAX_CHARACTERS = 4_000_000
/**
 * Limits of the queue. At either one the database has not kept up for long, and the newest rows are dropped.
 */
const WAITING_MAX_ROWS = 5_000
const WAITING_MAX_CHARACTERS = 4_000_000
/** Characters of a row without its arguments and its request's id. */
const ROW_CHARACTERS = 200
/** Limit of a write's wait for its `begun` row. */
const BEGIN_LIMIT_MS = 5_000
/**
 * The platform ends work 30 s after a response: by then all attempts have ended, and losses have been
 * reported.
 */
const FLUSH_LIMIT_MS = 25_000
/** All attempts of a batch, with the waits between them, fit into one flush. */
const SEND_LIMIT_MS = 7_000
/**
 * After this long a running flush cannot fit another attempt (or its request was cancelled), so the next call
 * may start a new one.
 */
const RELIEF_MS = FLUSH_LIMIT_MS - SEND_LIMIT_MS
const NOT_BEGUN = 'The audit log cannot be written, so nothing was changed; try again shortly.'
/** A row that is sent again is written once: each has an id. Waits in milliseconds. */
const RESENDING = { attempts: 3, baseMs: 200, capMs: 2_000 }

export interface AuditSettings extends Pick<AuditWriter, 'reads' | 'first'> {
  /** `id:base64`. */
  readonly identityKey: string
  /** The source whose key is derived from it; without one it is the key itself. */
  readonly source?: string | undefined
  /** Sends signed rows to `rowgate.audit_later`. */
  send(signedRows: string, signal: AbortSignal): Promise<void>
  /** Called with the number of rows that could not be written. */
  onLoss(rows: number, cause: unknown): void
}

/** Made once per isolate. */
export function createAudit(settings: AuditSettings): Audit {
  // A resolved value, not a promise: workerd ties a promise to the request that made it.
  let key: IdentityKey | undefined
  let waiting: AuditedCall[] = []
  let waitingCharacters = 0
  /** Dropped rows that have not been reported yet. */
  let lost = 0
  let flushingSince = Number.NEGATIVE_INFINITY

  async function ownKey(): Promise<IdentityKey> {
    key ??= await importSourceKey(settings.identityKey, settings.source)
    return key
  }

  async function sign(calls: readonly AuditedCall[]): Promise<string> {
    const own = await ownKey()
    const rows = await auditRows(calls, own)
    return signed('audit', { exp: (Date.now() + SIGNATURE_LIFETIME_MS) / 1000, ...rows }, own)
  }

  /** `deadline` in milliseconds since the epoch. */
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

  async function write(call: AuditedCall): Promise<void> {
    try {
      await settings.send(await sign([call]), AbortSignal.timeout(BEGIN_LIMIT_MS))
    } catch (cause) {
      throw new RowgateError('UNAVAILABLE', NOT_BEGUN, { cause, retryable: true })
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

  /**
   * Sends the queue in batches until it is empty. Rows queued meanwhile go with this flush; unless a full
   * batch is waiting it pauses LINGER_MS first, so that load does not become many tiny requests. Rows still
   * queued at the deadline are dropped and reported through `onLoss`.
   */
  async function flush(now: number): Promise<void> {
    flushingSince = now
    const deadline = now + FLUSH_LIMIT_MS
    while (waiting.length > 0 && Date.now() < deadline) {
      if (waiting.length < BATCH_MAX_ROWS) await new Promise((done) => setTimeout(done, LINGER_MS))
      if (flushingSince !== now) return
      const batch = waiting.slice(0, BATCH_MAX_ROWS)
      waiting = waiting.slice(BATCH_MAX_ROWS)
      waitingCharacters -= batch.reduce((sum, call) => sum + charactersOf(call), 0)
      await sendBatch(batch, deadline)
      tellLost()
    }
    if (flushingSince !== now) return
    flushingSince = Number.NEGATIVE_INFINITY
    lost += waiting.length
    waiting = []
    waitingCharacters = 0
    tellLost()
  }

  /** Once per batch: a log line per row would cost what the limit saves. */
  function tellLost(): void {
    if (lost === 0) return
    settings.onLoss(lost, new Error('the queue of audit rows is full'))
    lost = 0
  }

  function later(call: AuditedCall, request: AuditedRequest): void {
    if (areShort(call.args)) {
      enqueue(call, request)
      return
    }
    // Within the request that queued them, so that they wait for no other request.
    request.waitUntil(
      ownKey()
        .then((own) => hashed(call.args, own))
        .then((args) => enqueue({ ...call, args }, request))
        .catch((cause: unknown) => settings.onLoss(1, cause)),
    )
  }

  function enqueue(call: AuditedCall, request: AuditedRequest): void {
    const characters = charactersOf(call)
    if (waiting.length >= WAITING_MAX_ROWS || waitingCharacters + characters > WAITING_MAX_CHARACTERS) {
      lost += 1
      return
    }
    waiting.push(call)
    waitingCharacters += characters
    const now = call.startedAt + call.ms
    if (now - flushingSince > RELIEF_MS) request.waitUntil(flush(now))
  }

  function charactersOf({ args, requestId }: AuditedCall): number {
    return ROW_CHARACTERS + requestId.length + sizeOf(args)
  }

  const rows: AuditWriter = { reads: settings.reads, first: settings.first, sign, write, later }
  return (request, call) => new Trail(rows, request, call)
}
