/**
 * Health check: whether each configured engine answers, and how fast. Requests within some seconds share one
 * check.
 */

import { errorFields } from '../infra/observability/log.ts'
import { waitFor } from '../infra/resilience/timeout.ts'
import type { CallScope } from './call-scope.ts'

/** Whether each configured engine answers. Public, so it has no host, no version and no reason. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly engines: Readonly<Record<string, EngineHealth>>
  /** The databases that `rowgate.yaml` declares; absent where it declares none. */
  readonly sources?: Readonly<Record<string, EngineHealth>>
}

interface EngineHealth {
  readonly status: 'up' | 'down'
  readonly ms: number
  readonly login?: 'safe' | 'unsafe'
  /** Of a source whose views are not as its lock has them. */
  readonly schema?: 'changed'
}

export interface ProbedEngine {
  readonly name: string
  /** Its source in `rowgate.yaml`. */
  readonly source?: string
  /** Calls work without it. */
  readonly optional: boolean
  probe(call: CallScope): Promise<unknown>
  readonly reportLogin?: (error: unknown) => 'safe' | 'unsafe' | undefined
  readonly isDrifted?: () => boolean
}

/** Lifetime of a check: a monitor that asks every second causes one probe in five seconds. */
const FRESH_MS = 5_000
/** An engine that takes longer is down. */
const PROBE_TIMEOUT_MS = 3_000
/** Poll interval while another request's check is running. */
const POLL_MS = 50

export interface HealthSettings {
  readonly engines: readonly ProbedEngine[]
  now(): number
  /** Called with the reason why an engine is down, which callers never see. */
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
    const sources = checked.filter(({ engine }) => engine.source !== undefined)
    const report = {
      status: statusOf(checked),
      engines: Object.fromEntries(
        checked.flatMap(({ engine, health }) =>
          engine.source === undefined ? [[engine.name, health] as const] : [],
        ),
      ),
      ...(sources.length > 0 && {
        sources: Object.fromEntries(sources.map(({ engine, health }) => [engine.source, health])),
      }),
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
    if (error !== undefined) {
      onDown(
        engine.source === undefined ? engine.name : `${engine.name}:${engine.source}`,
        errorFields(error),
      )
    }
    const status = error === undefined ? 'up' : 'down'
    const isDrifted = engine.isDrifted?.() === true
    return { status, ms, ...(login !== undefined && { login }), ...(isDrifted && { schema: 'changed' }) }
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

interface Checked {
  readonly engine: ProbedEngine
  readonly health: EngineHealth
}

/** One of several sources affects its own calls only. */
function statusOf(checked: readonly Checked[]): HealthReport['status'] {
  const down = checked.filter(({ health }) => health.status === 'down').map(({ engine }) => engine)
  if (down.length === 0) {
    return checked.some(({ health }) => health.schema !== undefined) ? 'degraded' : 'ok'
  }
  const sources = checked.filter(({ engine }) => engine.source !== undefined)
  const others = sources.length - down.filter(({ source }) => source !== undefined).length
  return down.every(({ optional, source }) => optional || (source !== undefined && others > 0))
    ? 'degraded'
    : 'down'
}
