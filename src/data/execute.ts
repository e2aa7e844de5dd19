/** Runs one operation on an engine, with its deadline, circuit breaker, retries and report. */

import { cancelledError, RowgateError } from '../infra/errors.ts'
import { createCircuit } from '../infra/resilience/circuit-breaker.ts'
import { retry } from '../infra/resilience/retry.ts'
import { waitFor } from '../infra/resilience/timeout.ts'
import type { CallScope } from './call-scope.ts'
import { timedOutError, withinDeadline } from './deadline.ts'
import { type Counts, reportOf, sizeOf } from './result-size.ts'

/** Consecutive failures that open the circuit, and how long it stays open. */
const CIRCUIT_THRESHOLD = 10
const CIRCUIT_OPEN_MS = 2_000

/**
 * Three attempts outlast a restarted proxy or a lost race; more would only add load to a server that is down.
 */
const ATTEMPTS = 3
const BACKOFF_BASE_MS = 50
const BACKOFF_CAP_MS = 200
/** A retry starts within this time, so that a server that is down is reported quickly. */
const RETRY_WINDOW_MS = 400

export interface ExecutorOptions {
  /** The engine's name in the log. */
  readonly engine: string
  /** The engine's name for callers. */
  readonly title: string
  /** Time limit of one attempt, where it is less than the call's, in milliseconds. */
  readonly limitMs?: number
  /**
   * The longest wait between two attempts, and how long after the first one a retry may start, in
   * milliseconds.
   */
  readonly backoff?: { readonly capMs: number; readonly windowMs: number }
  /** The driver stops and rejects when its signal is aborted. Other drivers may wait on a silent socket. */
  readonly obeysSignal?: true
  /** Maps the driver's error. UNAVAILABLE means that nothing answered, unless `hasAnswered` knows better. */
  toRowgateError(cause: unknown): Error
  hasAnswered?(error: Error): boolean
  /** The error of an operation that the deadline ended. */
  timedOut?(cause: unknown): RowgateError
  /** Whether a retryable error may be retried. By default, where a repeatable operation got no answer. */
  mayRetry?(error: RowgateError, repeatable: boolean): boolean
}

export interface Operation<T> {
  readonly call: Pick<CallScope, 'signal' | 'deadline' | 'audit'> & Partial<Pick<CallScope, 'observe'>>
  /** Whether running it twice has the same effect as once. */
  readonly repeatable: boolean
  /** It writes without an audit row in its own transaction: with AUDIT_FIRST it waits for the `begun` row. */
  readonly auditFirst: boolean
  /** Statement texts without callers' values; read when the operation has ended. */
  statements(): readonly string[]
  /** Rows and bytes of each statement's result; by default one result without rows. */
  count?(result: T): readonly Counts[]
}

/** `leftMs` is the time until the deadline. */
export type Send<T> = (signal: AbortSignal, leftMs: number) => Promise<T>

export type Execute = <T>(operation: Operation<T>, send: Send<T>) => Promise<T>

/** Made once per isolate and engine, whose circuit it holds. */
export function createExecutor(options: ExecutorOptions): Execute {
  const { engine, limitMs = Number.POSITIVE_INFINITY, hasAnswered = isAnswer } = options
  const { timedOut = timedOutError, mayRetry = isUnanswered } = options
  const { capMs, windowMs } = options.backoff ?? { capMs: BACKOFF_CAP_MS, windowMs: RETRY_WINDOW_MS }
  const circuit = createCircuit({
    engine: options.title,
    threshold: CIRCUIT_THRESHOLD,
    openMs: CIRCUIT_OPEN_MS,
    now: Date.now,
  })

  async function attempt<T>(operation: Operation<T>, send: Send<T>): Promise<T> {
    const { call } = operation
    const startedAt = Date.now()
    const leftMs = Math.ceil(Math.min(call.deadline - startedAt, limitMs))
    if (leftMs <= 0) throw timedOut(undefined)
    circuit.enter()
    const expiry = new AbortController()
    const timer = setTimeout(() => expiry.abort(), leftMs)
    let counts: readonly Counts[] = []
    // A cancelled call says nothing about the engine.
    let answered: boolean | undefined = true
    try {
      const signal = AbortSignal.any([call.signal, expiry.signal])
      signal.throwIfAborted()
      const work = send(signal, leftMs)
      const result = await (options.obeysSignal === true ? work : waitFor(work, { signal }))
      counts = operation.count?.(result) ?? [{ rows: 0, bytes: sizeOf(result) }]
      return result
    } catch (cause) {
      const expired = expiry.signal.aborted && leftMs < limitMs && !(cause instanceof RowgateError)
      const error = errorOf(cause, { cancelled: call.signal.aborted, expired }, options)
      answered = call.signal.aborted ? undefined : !expired && hasAnswered(error)
      throw error
    } finally {
      clearTimeout(timer)
      if (answered !== undefined) circuit.report(answered)
      call.observe?.(reportOf(engine, Date.now() - startedAt, operation.statements, counts))
    }
  }

  return async (operation, send) => {
    const { call, repeatable } = operation
    const { audit } = call
    if (operation.auditFirst && audit !== undefined) await withinDeadline(call, () => audit.begun())
    return await retry(() => attempt(operation, send), {
      attempts: ATTEMPTS,
      baseMs: BACKOFF_BASE_MS,
      capMs,
      deadline: Math.min(call.deadline, Date.now() + windowMs),
      signal: call.signal,
      now: Date.now,
      random: Math.random,
      mayRetry: (error) => isRetryable(error) && mayRetry(error, repeatable),
    })
  }
}

function errorOf(
  cause: unknown,
  { cancelled, expired }: { cancelled: boolean; expired: boolean },
  { timedOut = timedOutError, toRowgateError }: ExecutorOptions,
): Error {
  if (cause instanceof RowgateError) return cause
  if (cancelled) return cancelledError(cause)
  return expired ? timedOut(cause) : toRowgateError(cause)
}

/** An open circuit says when to come back, so there is no point in a retry. */
function isRetryable(error: unknown): error is RowgateError {
  return error instanceof RowgateError && error.retryable && error.details?.retry_after === undefined
}

function isUnanswered(error: RowgateError, repeatable: boolean): boolean {
  return repeatable && error.code === 'UNAVAILABLE'
}

function isAnswer(error: Error): boolean {
  return !(error instanceof RowgateError && error.code === 'UNAVAILABLE')
}
