/** Where a finished request is told: one line in the log, and one data point where Analytics Engine is bound. */

import type { Caller } from './caller.ts'
import type { Log } from './log.ts'
import type { RequestRecord } from './record.ts'

/** Workers Analytics Engine's binding, as far as it is used. */
export interface Dataset {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void
}

export interface Finished {
  readonly record: RequestRecord
  readonly requestId: string
  readonly caller: Caller | undefined
  /** HTTP status of the answer. */
  readonly status: number
  /** Milliseconds since the epoch. */
  readonly endedAt: number
}

/** In hex digits: enough to tell callers apart in a log, too few to look one up by. */
const HASH_DIGITS = 16

const hashes = new WeakMap<Caller, Promise<string>>()

/** Who called, as a hash: the log can follow a caller without naming one. */
export function callerHash(caller: Caller): Promise<string> {
  const known = hashes.get(caller)
  if (known !== undefined) return known
  const made = hash(`${caller.tenantId}\n${caller.userId}`)
  hashes.set(caller, made)
  return made
}

async function hash(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return [...digest.subarray(0, HASH_DIGITS / 2)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Reports finished requests. Nothing that a request carried is in either: no argument, header or row. */
export function createReporter(
  log: Log,
  analytics: Dataset | undefined,
): (finished: Finished) => Promise<void> {
  return async function report({ record, requestId, caller, status, endedAt }) {
    const ms = endedAt - record.startedAt
    const { method, tool, outcome, code, cache } = record
    analytics?.writeDataPoint({
      indexes: [tool ?? method ?? 'none'],
      blobs: [method ?? '', tool ?? '', outcome, code ?? '', cache ?? ''],
      doubles: [ms, record.databaseMs, record.roundTrips, record.rows, record.bytes, status, record.calls],
    })
    log.info('request', {
      request_id: requestId,
      caller: caller === undefined ? undefined : await callerHash(caller),
      method,
      tool,
      calls: record.calls,
      outcome,
      code,
      status,
      ms,
      database_ms: record.databaseMs,
      round_trips: record.roundTrips,
      rows: record.rows,
      bytes: record.bytes,
      cache,
      trace_id: record.traceId,
    })
  }
}
