/** Watches what the databases are asked: sums it up for the request, warns of what is slow, and never tells a value. */

import { hex, sha256 } from '../hash.ts'
import type { Log } from './log.ts'
import type { RequestRecord } from './request-record.ts'

/** One round trip to a database and back. */
export interface RoundTrip {
  readonly engine: string
  readonly ms: number
  readonly rows: number
  /** About: a text counts its characters, any other value what it would take as a number. */
  readonly bytes: number
  /** Gathered only where they are logged. */
  statements(): readonly Statement[]
}

/** One statement of a round trip; statements that are sent together have no times of their own. */
export interface Statement {
  /** Without its parameters. */
  readonly text: string
  readonly rows: number
  readonly bytes: number
}

export type Observe = (roundTrip: RoundTrip) => void

/** In hex digits: a statement's name in the log. */
const FINGERPRINT_DIGITS = 16

/** The same for the same statement, whatever its parameters and white space. */
export async function fingerprint(statement: string): Promise<string> {
  return hex(await sha256(statement.replace(/\s+/g, ' ').trim())).slice(0, FINGERPRINT_DIGITS)
}

/** What `createQueryMonitor` needs of a request. */
export interface Watched {
  readonly record: RequestRecord
  readonly tool: string
  waitUntil(work: Promise<unknown>): void
}

/**
 * Trips of `slowMs` milliseconds or more are logged with their statements' fingerprints and the tool that made them; at the
 * level `debug`, every statement is.
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
