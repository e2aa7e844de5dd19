/** Watches what the databases are asked: sums it up for the request, and warns of what is slow, never with a value. */

import type { Log } from './log.ts'
import type { RequestRecord } from './record.ts'

/** One trip to a database and back. */
export interface RoundTrip {
  readonly engine: string
  readonly ms: number
  readonly rows: number
  /** The statements without their parameters; told only where they are logged. */
  statements(): readonly string[]
}

export type Observe = (trip: RoundTrip) => void

/** In hex digits: a statement's name in the log. */
const FINGERPRINT_DIGITS = 16

/** The same for the same statement, whatever its parameters and white space. */
export async function fingerprint(statement: string): Promise<string> {
  const text = new TextEncoder().encode(statement.replace(/\s+/g, ' ').trim())
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  const hex = [...digest.subarray(0, FINGERPRINT_DIGITS / 2)].map((byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  return hex.join('')
}

/** What `createQueryMonitor` needs of a request. */
export interface Watched {
  readonly record: RequestRecord
  readonly tool: string
  waitUntil(work: Promise<unknown>): void
}

/** Trips of `slowMs` milliseconds or more are logged with their statements' fingerprints and the tool that made them. */
export function createQueryMonitor(log: Log, slowMs: number): (watched: Watched) => Observe {
  async function warn({ engine, ms, rows, statements }: RoundTrip, tool: string): Promise<void> {
    const fingerprints = await Promise.all(statements().map(fingerprint))
    log.warn('slow_query', { engine, tool, ms, rows, fingerprints: fingerprints.join(' ') })
  }

  return ({ record, tool, waitUntil }) =>
    (trip) => {
      record.roundTrips += 1
      record.databaseMs += trip.ms
      record.rows += trip.rows
      if (trip.ms >= slowMs) waitUntil(warn(trip, tool))
    }
}
