/**
 * Whether each configured engine answers, and how fast. One check serves everybody who asks within some
 * seconds.
 */

import { errorFields } from '../infra/observability/log.ts'
import { waitFor } from '../infra/resilience/timeout.ts'
import type { CallScope } from './call-scope.ts'

/** Whether each configured engine answers. No host, no version, no reason: anybody may know it. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly engines: Readonly<Record<string, EngineHealth>>
}

interface EngineHealth {
  readonly status: 'up' | 'down'
  readonly ms: number
  readonly login?: 'safe' | 'unsafe'
}

export interface ProbedEngine {
  readonly name: string
  /** Calls work without it. */
  readonly optional: boolean
  probe(call: CallScope): Promise<unknown>
  readonly reportLogin?: (error: unknown) => 'safe' | 'unsafe' | undefined
}

/** A monitor that asks every second costs the database one question in five. */
const FRESH_MS = 5_000
/** An engine that takes longer is down. */
const PROBE_TIMEOUT_MS = 3_000
/** Poll interval while another request's check is running. */
const POLL_MS = 50

export interface HealthSettings {
  readonly engines: readonly ProbedEngine[]
  now(): number
  /** Called with the reason why an engine is down; a caller never learns it. */
  onDown(engine: string, reason: ReturnType<typeof errorFields>): void
}

export type HealthCheck = (waitUntil: (work: Promise<unknown>) => void) => Promise<HealthReport>

/** Made once per isolate. */
export function createHealthCheck({ engines, now, onDown }: HealthSettings): HealthCheck {
  let last: { readonly at: number; readonly report: HealthReport } | undefined
  let checkingSince = Number.NEGATIVE_INFINITY

  async function checkAll(waitUntil: (work: Promise<unknown>) => void): Promise<HealthReport> {
    checkingSince = now()
    const checked = await Promise.all(
      engines.map(async (engine) => ({ engine, health: await check(engine, waitUntil) })),
    )
    const down = checked.filter(({ health }) => health.status === 'down')
    const report = {
      status: statusOf(down.map(({ engine }) => engine)),
      engines: Object.fromEntries(checked.map(({ engine, health }) => [engine.name, health])),
    }
    last = { at: now(), report }
    checkingSince = Number.NEGATIVE_INFINITY
    return report
  }

  async function check(
    engine: ProbedEngine,
    waitUntil: (work: Promise<unknown>) => void,
  ): Promise<EngineHealth> {
    const startedAt = now()
    const error = await probe(engine, waitUntil)
    const ms = now() - startedAt
    const login = engine.reportLogin?.(error)
    if (error !== undefined) onDown(engine.name, errorFields(error))
    return { status: error === undefined ? 'up' : 'down', ms, ...(login !== undefined && { login }) }
  }

  return async (waitUntil) => {
    while (now() - checkingSince < PROBE_TIMEOUT_MS) await new Promise((done) => setTimeout(done, POLL_MS))
    return last !== undefined && now() - last.at < FRESH_MS ? last.report : checkAll(waitUntil)
  }
}

/** Why the engine does not answer; undefined where it does. */
async function probe(engine: ProbedEngine, waitUntil: (work: Promise<unknown>) => void): Promise<unknown> {
  const closers: (() => Promise<void>)[] = []
  try {
    const answer = engine.probe({
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      deadline: Date.now() + PROBE_TIMEOUT_MS,
      onEnd: (close) => closers.push(close),
      observe: () => undefined,
      traceId: undefined,
    })
    // A binding takes no signal.
    await waitFor(answer, { ms: PROBE_TIMEOUT_MS })
    return undefined
  } catch (cause) {
    return cause ?? new Error('the probe failed')
  } finally {
    for (const close of closers) waitUntil(close())
  }
}

function statusOf(down: readonly ProbedEngine[]): HealthReport['status'] {
  if (down.length === 0) return 'ok'
  return down.every(({ optional }) => optional) ? 'degraded' : 'down'
}
