/** One trip over a connection of the call's own, and all that surrounds it: deadline, circuit, and the report. */

import { createCircuit } from '../infra/circuit.ts'
import { RowgateError } from '../infra/errors.ts'
import type { CallScope } from './connections.ts'

/** Faults in a row until the circuit opens, and for how long. */
const CIRCUIT_THRESHOLD = 10
const CIRCUIT_OPEN_MS = 2_000

interface Engine {
  /** As the log has it. */
  readonly engine: string
  /** As a caller reads it. */
  readonly title: string
  /** Where no trip may take as long as a call may, in milliseconds. */
  readonly limitMs?: number
  /** What the driver's error means to a caller. One that means that nobody answered is UNAVAILABLE. */
  errorOf(cause: unknown): Error
}

interface Trip<T> {
  readonly call: Pick<CallScope, 'signal' | 'observe'>
  /** Milliseconds since the epoch. */
  readonly deadline: number
  /** What is asked, without a value of the caller's. */
  readonly statement: string
  readonly rowsOf?: (result: T) => number
}

export type Travel = <T>(
  trip: Trip<T>,
  send: (signal: AbortSignal, leftMs: number) => Promise<T>,
) => Promise<T>

/** Made once per isolate: the circuit is the isolate's. */
export function createTravel({ engine, title, limitMs = Number.POSITIVE_INFINITY, errorOf }: Engine): Travel {
  const circuit = createCircuit({
    engine: title,
    threshold: CIRCUIT_THRESHOLD,
    openMs: CIRCUIT_OPEN_MS,
    now: Date.now,
  })

  return async ({ call, deadline, statement, rowsOf }, send) => {
    const startedAt = Date.now()
    const leftMs = Math.ceil(Math.min(deadline - startedAt, limitMs))
    if (leftMs <= 0) throw timedOut()
    circuit.enter()
    const expiry = new AbortController()
    const timer = setTimeout(() => expiry.abort(), leftMs)
    let rows = 0
    // Nothing is learnt of the engine from a call that the client gave up.
    let answered: boolean | undefined = true
    try {
      const signal = AbortSignal.any([call.signal, expiry.signal])
      const result = await untilAborted(signal, () => send(signal, leftMs))
      rows = rowsOf?.(result) ?? 0
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
      call.observe({ engine, ms: Date.now() - startedAt, rows, statements: [statement] })
    }
  }
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
