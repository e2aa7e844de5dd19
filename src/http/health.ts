/** `/health`: the Worker runs. It asks no database; `/health/database` is for that. */

import type { Handler } from 'hono'

export function health(): Handler {
  return function health(c) {
    return c.json({ status: 'ok' }, 200, { 'Cache-Control': 'no-store' })
  }
}
