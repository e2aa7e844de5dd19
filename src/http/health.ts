/** `/health`: the Worker runs. `/health/database`: so do the databases; it says no more than anybody may know. */

import type { Context, Handler } from 'hono'

/** Where caches and monitors are to ask anew each time. */
const NO_STORE = { 'Cache-Control': 'no-store' }

export function health(): Handler {
  return function health(c) {
    return c.json({ status: 'ok' }, 200, NO_STORE)
  }
}

/** What `/health/database` answers; `status` is `down` when an engine is that calls cannot do without. */
interface Report {
  readonly status: 'ok' | 'degraded' | 'down'
}

/** `check` asks the engines, or remembers what they said some seconds ago. */
export function databaseHealth(
  check: (waitUntil: (work: Promise<unknown>) => void) => Promise<Report>,
): (c: Context) => Promise<Response> {
  return async function databaseHealth(c) {
    const report = await check((work) => c.executionCtx.waitUntil(work))
    return c.json(report, report.status === 'down' ? 503 : 200, NO_STORE)
  }
}
