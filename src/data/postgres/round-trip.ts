/** One transaction's trip to Postgres over HTTP and all that surrounds it: deadline, circuit, retries, and the report. */

import { NeonDbError } from '@neondatabase/serverless'
import { RowgateError } from '../../infra/errors.ts'
import type { RoundTrip } from '../../infra/observability/query-monitor.ts'
import { type Circuit, createCircuit } from '../../infra/resilience/circuit-breaker.ts'
import { retry } from '../../infra/resilience/retry.ts'
import { engineShareMs } from '../deadline.ts'
import { sizeOf, tally } from '../result-size.ts'
import { loggable } from './client.ts'
import { toRowgateError } from './errors.ts'

/** `rowgate.enter` takes no more than an hour. */
const LONGEST_STATEMENT_MS = 3_600_000

/** Three tries outlast a restarted proxy or a lost race; more would only add load to a database that is down. */
const ATTEMPTS = 3
const BACKOFF_BASE_MS = 50
const BACKOFF_CAP_MS = 1_000

/** Faults in a row until the circuit opens, and for how long. */
const CIRCUIT_THRESHOLD = 10
const CIRCUIT_OPEN_MS = 2_000

/** The transaction was rolled back for certain: a serialisation failure, a deadlock, a server that let nobody in. */
const ROLLED_BACK: ReadonlySet<string> = new Set(['40001', '40P01', '57P03'])

/** The connection broke or the server went down: the transaction may have been committed. */
const CONNECTION_LOST = /^(?:08...|57P0[12])$/

const UNREACHABLE = 'The database cannot be reached; try again shortly.'
const UNREACHABLE_IN_DEVELOPMENT =
  'The database cannot be reached. `npm start` starts one; otherwise check DATABASE_URL and DATABASE_FETCH_ENDPOINT.'

/** What there is to know of a trip before it is made. */
export interface Trip {
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly deadline: number
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean
  readonly statements: readonly string[]
  readonly observe?: ((trip: RoundTrip) => void) | undefined
}

/** Sends the transaction once, and gives the results of the trip's own statements. `leftMs` is what Postgres may take. */
export type Send<T> = (flight: { readonly signal: AbortSignal }, leftMs: number) => Promise<readonly T[]>

/** What the driver makes of a statement's result, as far as it is counted. */
interface Counted {
  readonly rowCount: number | null
  readonly rows: readonly unknown[]
}

/** Made once per isolate: the circuit is the isolate's. */
export function createRoundTrips(
  development: boolean,
): <T extends Counted>(trip: Trip, send: Send<T>) => Promise<readonly T[]> {
  const circuit = createCircuit({
    engine: 'Postgres',
    threshold: CIRCUIT_THRESHOLD,
    openMs: CIRCUIT_OPEN_MS,
    now: Date.now,
  })

  return (trip, send) =>
    retry(() => attempt(trip, send, circuit, development), {
      attempts: ATTEMPTS,
      baseMs: BACKOFF_BASE_MS,
      capMs: BACKOFF_CAP_MS,
      deadline: trip.deadline,
      signal: trip.signal,
      now: Date.now,
      random: Math.random,
      mayRetry: (fault) => mayRetry(fault, trip.repeatable),
    })
}

function mayRetry(fault: unknown, repeatable: boolean): boolean {
  if (!(fault instanceof RowgateError) || !fault.retryable || fault.details?.retry_after !== undefined)
    return false
  const sqlstate = sqlstateOf(fault)
  if (sqlstate === undefined) return repeatable
  return ROLLED_BACK.has(sqlstate) || (repeatable && CONNECTION_LOST.test(sqlstate))
}

function sqlstateOf(fault: RowgateError): string | undefined {
  const sqlstate = fault.details?.sqlstate
  return typeof sqlstate === 'string' ? sqlstate : undefined
}

async function attempt<T extends Counted>(
  trip: Trip,
  send: Send<T>,
  circuit: Circuit,
  development: boolean,
): Promise<readonly T[]> {
  const startedAt = Date.now()
  const leftMs = Math.min(Math.ceil(trip.deadline - startedAt), LONGEST_STATEMENT_MS)
  if (leftMs <= 0) throw timedOut()
  circuit.enter()
  const expiry = new AbortController()
  const timer = setTimeout(() => expiry.abort(), leftMs)
  let counts: ReturnType<typeof countsOf>[] = []
  // Nothing is learnt of the engine from a call that the client gave up.
  let answered: boolean | undefined = true
  try {
    const signal = AbortSignal.any([trip.signal, expiry.signal])
    const results = await send({ signal }, engineShareMs(leftMs))
    counts = results.map(countsOf)
    return results
  } catch (error) {
    if (trip.signal.aborted) {
      answered = undefined
      throw new RowgateError('UNAVAILABLE', 'The call was cancelled.', { cause: error })
    }
    if (error instanceof NeonDbError && error.code !== undefined) {
      answered = !CONNECTION_LOST.test(error.code) && error.code !== '57P03'
      throw toRowgateError(error.code, error)
    }
    // Our own limits refused what the database sent: it is there, and would send the same again.
    const refusal = error instanceof NeonDbError ? error.sourceError : error
    if (refusal instanceof RowgateError) throw refusal
    answered = false
    if (expiry.signal.aborted) throw timedOut(error)
    throw new RowgateError('UNAVAILABLE', development ? UNREACHABLE_IN_DEVELOPMENT : UNREACHABLE, {
      cause: loggable(error),
      retryable: true,
    })
  } finally {
    clearTimeout(timer)
    if (answered !== undefined) circuit.report(answered)
    const ms = Date.now() - startedAt
    trip.observe?.({ engine: 'postgres', ms, ...tally(() => trip.statements, counts) })
  }
}

/** What a statement's result counts as. */
export function countsOf({ rowCount, rows }: Counted) {
  return { rows: rowCount ?? 0, bytes: sizeOf(rows) }
}

/** Postgres would have ended a slow statement before: what is late is the answer, so the same call may well succeed. */
function timedOut(cause?: unknown): RowgateError {
  return new RowgateError('QUERY_TIMEOUT', 'The call ran out of time before the database answered.', {
    cause,
    retryable: true,
  })
}
