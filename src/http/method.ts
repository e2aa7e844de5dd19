/** POST only: MCP has no stream to GET here, and no session to DELETE. */

import type { MiddlewareHandler } from 'hono'
import { refusal } from './refusal.ts'

const notAllowed = refusal(405, 'Only POST is allowed here.', { Allow: 'POST' })

/** CORS preflights (OPTIONS) are answered earlier, by the origin guard. */
export function postOnly(): MiddlewareHandler {
  return async function postOnly(c, next) {
    if (c.req.raw.method === 'POST') return next()
    return notAllowed()
  }
}
