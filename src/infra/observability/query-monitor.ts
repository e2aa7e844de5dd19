/**
 * Query monitor: sums up a request's database work and logs slow queries, by fingerprint and without values.
 */

import { hex, sha256 } from '../hash.ts'
import type { Log } from './log.ts'
import type { RequestRecord } from './request-record.ts'

/** One round trip to a database. */
export interface RoundTrip {
  readonly engine: string
  readonly ms: number
  readonly rows: number
  /** Approximate: the characters of texts, and 8 for any other value. */
  readonly bytes: number
  /** Called only if they are logged. */
  statements(): readonly StatementReport[]
}

/** One statement of a round trip. Statements that are sent together have no times of their own. */
export interface StatementReport {
  /** Without parameters. */
  readonly text: string
  readonly rows: number
  readonly bytes: number
}

export type Observe = (roundTrip: RoundTrip) => void

/** In hex digits. */
const FINGERPRINT_DIGITS = 16

/** Identifies a statement in the log. Independent of parameters and white space. */
export async function fingerprint(statement: string): Promise<string> {
  return hex(await sha256(statement.replace(/\s+/g, ' ').trim())).slice(0, FINGERPRINT_DIGITS)
}

export interface Watched {
  readonly record: RequestRecord
  readonly tool: string
  waitUntil(work: Promise<unknown>): void
}

/**
 * Logs round trips of `slowMs` milliseconds or more, with fingerprints and the tool; at `debug`, every
 * statement.
 */
export function createQueryMonitor(log: Log, slowMs: number): (watched: Watched) => Observe {
  const tellsEach = log.writes('debug')

  async function warn({ engine, ms, rows, bytes, statements }: RoundTrip, tool: string): Promise<void> {
    const fingerprints = await Promise.all(statements().map(({ text }) => fingerprint(text)))
    log.warn('slow_query', { engine, tool, ms, rows, bytes, fingerprints: fingerprints.join(' ') })
  }

  async function tellEach({ engine, ms, statements }: RoundTrip, tool: string): Promise<void> {
    for (const { text, rows, bytes } of statements()) {
      log.debug('query', { engine, tool, ms, rows, bytes, fingerprint: await fingerprint(text) })
    }
  }

  return ({ record, tool, waitUntil }) =>
    (roundTrip) => {
      record.roundTrips += 1
      record.databaseMs += roundTrip.ms
      record.rows += roundTrip.rows
      record.databaseBytes += roundTrip.bytes
      if (roundTrip.ms >= slowMs) waitUntil(warn(roundTrip, tool))
      if (tellsEach) waitUntil(tellEach(roundTrip, tool))
    }
}
