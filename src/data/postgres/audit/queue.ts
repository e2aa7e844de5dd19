/** A bounded queue of audit rows, which are sent in batches after the responses. */

import type { AuditedRequest } from '../../audit-trail.ts'
import { sizeOf } from './arguments.ts'
import type { AuditedCall } from './rows.ts'
import { SEND_LIMIT_MS } from './sender.ts'

/**
 * Pause before a batch: long enough that a busy isolate sends tens of rows at once, short enough that a
 * stopped one loses little.
 */
const LINGER_MS = 100
/**
 * Larger batches cost less per row. The ids of a batch's rows count to 256 (`AuditRows`), which is the limit.
 */
const BATCH_MAX_ROWS = 250
/**
 * Limits of the queue. At either one the database has not kept up for long, and the newest rows are dropped.
 */
const WAITING_MAX_ROWS = 5_000
const WAITING_MAX_CHARACTERS = 4_000_000
/** Characters of a row without its arguments and its request's id. */
const ROW_CHARACTERS = 200
/**
 * The platform ends work 30 s after a response: by then all attempts have ended, and losses have been
 * reported.
 */
const FLUSH_LIMIT_MS = 25_000
/**
 * After this long a running flush cannot fit another attempt (or its request was cancelled), so the next call
 * may start a new one.
 */
const RELIEF_MS = FLUSH_LIMIT_MS - SEND_LIMIT_MS

interface Target {
  sendBatch(calls: readonly AuditedCall[], deadline: number): Promise<void>
  onLoss(rows: number, cause: unknown): void
}

/** Adds a row to the queue. The request is kept alive while it sends. */
export function createAuditQueue({
  sendBatch,
  onLoss,
}: Target): (call: AuditedCall, request: AuditedRequest) => void {
  let waiting: AuditedCall[] = []
  let waitingCharacters = 0
  /** Dropped rows that have not been reported yet. */
  let lost = 0
  let flushingSince = Number.NEGATIVE_INFINITY

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
      reportLost()
    }
    if (flushingSince !== now) return
    flushingSince = Number.NEGATIVE_INFINITY
    lost += waiting.length
    waiting = []
    waitingCharacters = 0
    reportLost()
  }

  /** Once per batch: a log line per row would cost what the limit saves. */
  function reportLost(): void {
    if (lost === 0) return
    onLoss(lost, new Error('the queue of audit rows is full'))
    lost = 0
  }

  return function enqueue(call, request) {
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
}

function charactersOf({ args, requestId }: AuditedCall): number {
  return ROW_CHARACTERS + requestId.length + sizeOf(args)
}
