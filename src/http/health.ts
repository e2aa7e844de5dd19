/**
 * `/health`: the Worker runs. `/health/database`: so do the databases. Both are public and show no details.
 */

import type { Context, Handler } from 'hono'

const NO_STORE = { 'Cache-Control': 'no-store' }

export function health(): Handler {
  return function health(c) {
    return c.json({ status: 'ok' }, 200, NO_STORE)
  }
}

/** `down`: an engine that calls cannot do without is down. `degraded`: an optional one is. */
interface Report {
  readonly status: 'ok' | 'degraded' | 'down'
}

/** `check` may answer from a result some seconds old. */
export function databaseHealth(
  check: (waitUntil: (work: Promise<unknown>) => void) => Promise<Report>,
): (c: Context) => Promise<Response> {
  return async function databaseHealth(c) {
    const report = await check((work) => c.executionCtx.waitUntil(work))
    return c.json(report, report.status === 'down' ? 503 : 200, NO_STORE)
  }
}
