/** One trip over a connection of the call's own, and all that surrounds it: deadline, circuit, retries, and the report. */

import { RowgateError } from '../infra/errors.ts'
import { createCircuit } from '../infra/resilience/circuit-breaker.ts'
import { retry } from '../infra/resilience/retry.ts'
import type { CallScope } from './connections.ts'
import { withinTime } from './deadline.ts'
import { sizeOf, tally } from './result-size.ts'

/** Faults in a row until the circuit opens, and for how long. */
const CIRCUIT_THRESHOLD = 10
const CIRCUIT_OPEN_MS = 2_000

/** As for Postgres, but within a window: a fault that took its time leaves none, or a server that is down would be told late. */
const ATTEMPTS = 3
const BACKOFF_BASE_MS = 50
const BACKOFF_CAP_MS = 200
const RETRY_WINDOW_MS = 400

interface Engine {
  /** As the log has it. */
  readonly engine: string
  /** As a caller reads it. */
  readonly title: string
  /** Where no trip may take as long as a call may, in milliseconds. */
  readonly limitMs?: number
  /** What the driver's error means to a caller. One that means that nobody answered is UNAVAILABLE. */
  errorOf(cause: unknown): Error
  /** Whether the fault tells that all of it was undone, so that even a write may be sent again. */
  wasUndone?(fault: RowgateError): boolean
}

interface Trip<T> {
  readonly call: Pick<CallScope, 'signal' | 'deadline' | 'observe' | 'audit'>
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean
  /** Whether it may change anything. */
  readonly writes: boolean
  /** What is asked, without a value of the caller's; read when the trip is over. */
  statements(): readonly string[]
  /** How many rows a result is about; without it, none. */
  readonly rowsOf?: (result: T) => number
  /** The results of each statement, where there are several. */
  readonly each?: (result: T) => readonly T[]
}

export type Travel = <T>(
  trip: Trip<T>,
  send: (signal: AbortSignal, leftMs: number) => Promise<T>,
) => Promise<T>

/** Made once per isolate: the circuit is the isolate's. */
export function createTravel(settings: Engine): Travel {
  const { engine, title, limitMs = Number.POSITIVE_INFINITY, errorOf } = settings
  const circuit = createCircuit({
    engine: title,
    threshold: CIRCUIT_THRESHOLD,
    openMs: CIRCUIT_OPEN_MS,
    now: Date.now,
  })

  return async (trip, send) => {
    const { audit } = trip.call
    if (trip.writes && audit !== undefined) await withinTime(trip.call, () => audit.begun())
    return await retry(() => attempt(trip, send), {
      attempts: ATTEMPTS,
      baseMs: BACKOFF_BASE_MS,
      capMs: BACKOFF_CAP_MS,
      deadline: Math.min(trip.call.deadline, Date.now() + RETRY_WINDOW_MS),
      signal: trip.call.signal,
      now: Date.now,
      random: Math.random,
      mayRetry: (fault) => mayRetry(fault, trip.repeatable, settings),
    })
  }

  async function attempt<T>(
    { call, statements, rowsOf = () => 0, each = (whole) => [whole] }: Trip<T>,
    send: (signal: AbortSignal, leftMs: number) => Promise<T>,
  ): Promise<T> {
    const startedAt = Date.now()
    const leftMs = Math.ceil(Math.min(call.deadline - startedAt, limitMs))
    if (leftMs <= 0) throw timedOut()
    circuit.enter()
    const expiry = new AbortController()
    const timer = setTimeout(() => expiry.abort(), leftMs)
    let results: readonly T[] = []
    // Nothing is learnt of the engine from a call that the client gave up.
    let answered: boolean | undefined = true
    try {
      const signal = AbortSignal.any([call.signal, expiry.signal])
      const result = await untilAborted(signal, () => send(signal, leftMs))
      results = each(result)
      return result
    } catch (error) {
      if (error instanceof RowgateError) {
        answered = call.signal.aborted ? undefined : hasAnswered(error)
        throw error
      }
      if (call.signal.aborted) {
        answered = undefined
        throw new RowgateError('UNAVAILABLE', 'The call was cancelled.', { cause: error })
      }
      answered = false
      if (expiry.signal.aborted && leftMs < limitMs) throw timedOut(error)
      const fault = errorOf(error)
      answered = hasAnswered(fault)
      throw fault
    } finally {
      clearTimeout(timer)
      if (answered !== undefined) circuit.report(answered)
      const ms = Date.now() - startedAt
      call.observe({
        engine,
        ms,
        ...tally(
          statements,
          results.map((result) => ({ rows: rowsOf(result), bytes: sizeOf(result) })),
        ),
      })
    }
  }
}

function mayRetry(fault: unknown, repeatable: boolean, { wasUndone }: Engine): boolean {
  if (!(fault instanceof RowgateError) || !fault.retryable || fault.details?.retry_after !== undefined)
    return false
  return (repeatable && fault.code === 'UNAVAILABLE') || wasUndone?.(fault) === true
}

function hasAnswered(fault: Error): boolean {
  return !(fault instanceof RowgateError && fault.code === 'UNAVAILABLE')
}

/** The work, or a rejection as soon as the signal says so: a driver may hold on to a socket that says nothing. */
async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  return await new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work().then(resolve, reject)
  })
}

function timedOut(cause?: unknown): RowgateError {
  return new RowgateError('QUERY_TIMEOUT', 'The call ran out of time before the database answered.', {
    cause,
  })
}
