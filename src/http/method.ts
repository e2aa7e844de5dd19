/** Only POST carries MCP here: there is no stream to GET and no session to DELETE. */

import type { MiddlewareHandler } from 'hono'
import { refusal } from './refusal.ts'

const notAllowed = refusal(405, 'Only POST is allowed here.', { Allow: 'POST' })

/** Answers every other method with 405 at once. A CORS preflight is answered before, by the origin guard. */
export function postOnly(): MiddlewareHandler {
  return async function postOnly(c, next) {
    if (c.req.raw.method === 'POST') return next()
    return notAllowed()
  }
}
