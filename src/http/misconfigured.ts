/** Response of a Worker with a wrong setting. */

import type { ConfigError } from '../infra/config/settings.ts'
import { createLog } from '../infra/observability/log.ts'
import { errorBody, INTERNAL_ERROR } from './refusal.ts'

/** Development shows the error; production shows an id that finds it in the log. */
export function misconfigured(error: ConfigError, env: Readonly<Record<string, unknown>>): Response {
  if (env.ENVIRONMENT === 'development') return internalError(error.message)
  const id = crypto.randomUUID()
  createLog('error').error('misconfigured', { request_id: id, message: error.message })
  return internalError(
    `This server is not set up. The operator finds the reason in the log as request ${id}.`,
  )
}

function internalError(message: string): Response {
  return Response.json(errorBody(INTERNAL_ERROR, message), { status: 500 })
}
