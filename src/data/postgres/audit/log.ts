/**
 * The audit log's way into Postgres. A write's row is signed here and sent by the connector in the write's
 * own transaction; every other row waits in the isolate for a moment and goes in a batch after the answers.
 */

import { RowgateError } from '../../../infra/errors.ts'
import { type IdentityKey, importSourceKey } from '../../../infra/identity-key.ts'
import { retry } from '../../../infra/resilience/retry.ts'
import type { Audit, AuditedRequest } from '../../audit-trail.ts'
import { signed } from '../seal.ts'
import { areShort, hashed, sizeOf } from './arguments.ts'
import { type AuditWriter, Trail } from './call-audit.ts'
import { type AuditedCall, auditRows } from './rows.ts'

/** `rowgate.open_audit` takes 300 s at most. */
const SIGNATURE_LIFETIME_MS = 60_000
/**
 * Long enough that a busy isolate sends tens of rows at once, short enough that a stopped one loses little.
 */
const LINGER_MS = 100
/**
 * Most of what a row costs is its share of the request that brings it, which a busy isolate should feel
 * least. The ids of a batch's rows count to 256 (`AuditRows`), so it may not be more.
 */
const BATCH_MAX_ROWS = 250
/** `rowgate.open_audit` takes 4 MiB at most, and the ids that a caller sends can be long. */
const SIGNED_MAX_CHARACTERS = 4_000_000
/** Beyond either the database has not kept up for a long time, and the newest rows are given up. */
const WAITING_MAX_ROWS = 5_000
const WAITING_MAX_CHARACTERS = 4_000_000
/** What a row takes beside its arguments and its request's id. */
const ROW_CHARACTERS = 200
/** A write waits for its first row no longer than this. */
const BEGIN_LIMIT_MS = 5_000
/**
 * The platform ends work after an answer at 30 s: by then all tries are over, and what is lost has been told.
 */
const FLUSH_LIMIT_MS = 25_000
/** All tries of a batch, with the waits between them, fit into one flush. */
const SEND_LIMIT_MS = 7_000
/**
 * From then on a flush may have no time for a whole try, or was ended: another may start, and take what
 * waits.
 */
const RELIEF_MS = FLUSH_LIMIT_MS - SEND_LIMIT_MS
const NOT_BEGUN = 'The audit log cannot be written, so nothing was changed; try again shortly.'
/** Sent again is written once: each row has an id. Waits in milliseconds. */
const RESENDING = { attempts: 3, baseMs: 200, capMs: 2_000 }

export interface AuditSettings extends Pick<AuditWriter, 'reads' | 'first'> {
  /** `id:base64`. */
  readonly identityKey: string
  /** The source whose key is derived from it; without one it is the key. */
  readonly source?: string | undefined
  /** Hands signed rows to `rowgate.audit_later`. */
  send(signedRows: string, signal: AbortSignal): Promise<void>
  /** Told of rows that could not be written. */
  onLoss(rows: number, cause: unknown): void
}

/** Made once per isolate. */
export function createAudit(settings: AuditSettings): Audit {
  // A resolved value, not a promise: workerd ties a promise to the request that made it.
  let key: IdentityKey | undefined
  let waiting: AuditedCall[] = []
  let waitingCharacters = 0
  /** Rows that found no place, and of which nobody has been told yet. */
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

  /** In their order: what one caller makes too large is not to cost others their rows. */
  async function sendHalves(calls: readonly AuditedCall[], deadline: number): Promise<void> {
    const half = Math.ceil(calls.length / 2)
    await sendBatch(calls.slice(0, half), deadline)
    await sendBatch(calls.slice(half), deadline)
  }

  /**
   * Sends what waits until nothing does. Whoever adds a row meanwhile leaves it to this one, which lingers
   * again unless a whole batch has come: under load it would else send the few rows that came during each
   * request, in a request of their own. What waits when its time is over, and no call has begun another, is
   * given up: nobody knows when the next call comes.
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

  /** Once a batch and not once a row: a line for each would cost what the limit is there to save. */
  function tellLost(): void {
    if (lost === 0) return
    settings.onLoss(lost, new Error('too many audit rows are waiting'))
    lost = 0
  }

  function later(call: AuditedCall, request: AuditedRequest): void {
    if (areShort(call.args)) {
      enqueue(call, request)
      return
    }
    // Within the request that brought them, so that they wait for nobody.
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
