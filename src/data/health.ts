/** Whether each configured engine answers, and how fast. One look serves everybody who asks within some seconds. */

import { RowgateError } from '../infra/errors.ts'
import { errorFields } from '../infra/observability/log.ts'
import { withTimeout } from '../infra/resilience/timeout.ts'
import type { CallScope, Engine, HealthReport } from './connections.ts'

type Asked = Exclude<Engine, 'owner'>

/** Asks an engine for as little as it can be asked. Rejects when the engine does not answer. */
export type Probe = (call: CallScope) => Promise<unknown>

/** A monitor that asks every second costs the database one question in five. */
const FRESH_MS = 5_000
/** Slower than this is down. */
const PROBE_LIMIT_MS = 3_000
/** How often one that waits for another's look asks whether it is over. */
const WAIT_MS = 50

/** Calls go on without it: what it holds is made again. */
const OPTIONAL: ReadonlySet<string> = new Set<Asked>(['redis'])

export interface HealthSettings {
  readonly probes: { readonly [E in Asked]?: Probe }
  now(): number
  /** Told why an engine is down; a caller never is. */
  onDown(engine: string, reason: ReturnType<typeof errorFields>): void
}

export type HealthCheck = (waitUntil: (work: Promise<unknown>) => void) => Promise<HealthReport>

/** Made once per isolate. */
export function createHealthCheck({ probes, now, onDown }: HealthSettings): HealthCheck {
  let last: { readonly at: number; readonly report: HealthReport } | undefined
  let lookingSince = Number.NEGATIVE_INFINITY

  async function look(waitUntil: (work: Promise<unknown>) => void): Promise<HealthReport> {
    lookingSince = now()
    const names = Object.keys(probes) as Asked[] // Object.keys forgets what the type says of the keys.
    const engines = await Promise.all(
      names.map(async (name) => [name, await ask(name, probes[name], waitUntil)] as const),
    )
    const report = { status: overall(engines), engines: Object.fromEntries(engines) }
    last = { at: now(), report }
    lookingSince = Number.NEGATIVE_INFINITY
    return report
  }

  async function ask(name: Asked, probe: Probe | undefined, waitUntil: (work: Promise<unknown>) => void) {
    const startedAt = now()
    const fault = await attempt(probe, waitUntil)
    const ms = now() - startedAt
    const unsafe = fault instanceof RowgateError && fault.code === 'UNSAFE_DATABASE_ROLE'
    if (fault !== undefined) onDown(name, errorFields(fault))
    return {
      status: fault === undefined ? ('up' as const) : ('down' as const),
      ms,
      // Only Postgres' own answer tells; a database that is down tells nothing of its login.
      ...(name === 'postgres' &&
        (fault === undefined || unsafe) && { login: unsafe ? ('unsafe' as const) : ('safe' as const) }),
    }
  }

  return async (waitUntil) => {
    while (now() - lookingSince < PROBE_LIMIT_MS) await new Promise((done) => setTimeout(done, WAIT_MS))
    return last !== undefined && now() - last.at < FRESH_MS ? last.report : look(waitUntil)
  }
}

async function attempt(
  probe: Probe | undefined,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<unknown> {
  const closers: (() => Promise<void>)[] = []
  try {
    const asked = probe?.({
      signal: AbortSignal.timeout(PROBE_LIMIT_MS),
      deadline: Date.now() + PROBE_LIMIT_MS,
      onEnd: (close) => closers.push(close),
      observe: () => undefined,
      traceId: undefined,
    })
    // A binding takes no signal.
    if (asked !== undefined) await withTimeout(PROBE_LIMIT_MS, asked)
    return undefined
  } catch (fault) {
    return fault ?? new Error('the probe failed')
  } finally {
    for (const close of closers) waitUntil(close())
  }
}

function overall(engines: readonly (readonly [string, { status: 'up' | 'down' }])[]): HealthReport['status'] {
  const down = engines.filter(([, { status }]) => status === 'down').map(([name]) => name)
  if (down.length === 0) return 'ok'
  return down.every((name) => OPTIONAL.has(name)) ? 'degraded' : 'down'
}
