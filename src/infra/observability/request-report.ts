/**
 * Reports finished requests: one log line, and one data point if Analytics Engine is bound. No argument,
 * header or row.
 */

import type { Caller } from '../caller.ts'
import { hex, sha256 } from '../hash.ts'
import type { Log } from './log.ts'
import type { RequestRecord } from './request-record.ts'

/** Workers Analytics Engine's binding. */
export interface Dataset {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void
}

export interface Finished {
  readonly record: RequestRecord
  readonly requestId: () => string
  readonly caller: Caller | undefined
  /** HTTP status of the response. */
  readonly status: number
  /** Milliseconds since the epoch. */
  readonly endedAt: number
}

/** In hex digits: enough to tell callers apart in a log, too few to look one up by. */
const HASH_DIGITS = 16

const hashes = new WeakMap<Caller, string>()

/** A hash, so that the log can follow a caller without naming one. */
async function hash(caller: Caller): Promise<string> {
  return hex(await sha256(`${caller.tenantId}\n${caller.userId}`)).slice(0, HASH_DIGITS)
}

/**
 * Returns a promise only at a caller's first request, whose hash has to be computed; later ones are reported
 * synchronously, since a wait costs every request.
 */
export function createReporter(
  log: Log,
  analytics: Dataset | undefined,
): (finished: Finished) => Promise<void> | undefined {
  function count({ record, status, endedAt }: Finished): void {
    const { method, tool, outcome, code, cache } = record
    const ms = endedAt - record.startedAt
    analytics?.writeDataPoint({
      indexes: [tool ?? method ?? 'none'],
      blobs: [method ?? '', tool ?? '', outcome, code ?? '', cache ?? ''],
      doubles: [
        ...[ms, record.databaseMs, record.roundTrips, record.rows, record.bytes, status, record.calls],
        record.databaseBytes,
      ],
    })
  }

  function tell({ record, requestId, status, endedAt }: Finished, caller: string | undefined): void {
    const fields = {
      request_id: requestId(),
      caller,
      method: record.method,
      tool: record.tool,
      calls: record.calls,
      outcome: record.outcome,
      code: record.code,
      status,
      ms: endedAt - record.startedAt,
      database_ms: record.databaseMs,
      round_trips: record.roundTrips,
      rows: record.rows,
      database_bytes: record.databaseBytes,
      bytes: record.bytes,
      cache: record.cache,
      trace_id: record.traceId,
    }
    log.info('request', fields, endedAt)
  }

  async function tellOfNew(finished: Finished, caller: Caller): Promise<void> {
    const hashed = await hash(caller)
    hashes.set(caller, hashed)
    tell(finished, hashed)
  }

  return function report(finished) {
    if (analytics !== undefined) count(finished)
    if (!log.writes('info')) return undefined
    const { caller } = finished
    const known = caller && hashes.get(caller)
    if (caller !== undefined && known === undefined) return tellOfNew(finished, caller)
    tell(finished, known)
    return undefined
  }
}
