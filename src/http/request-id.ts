/** Request id: finds a request in the log. Made lazily, when something needs it. */

import type { Config } from '../infra/config/settings.ts'

/** The record caches the id: a map keyed by request would cost every request more than the id does. */
interface Named {
  requestId: string | undefined
}

/** Cloudflare's ray id, so that its log and ours can be joined. */
const RAY = /^[0-9a-f]{16}(?:-[A-Z]{3})?$/

type Environment = Config['ENVIRONMENT']

export function requestIdOf(record: Named, request: Request, environment: Environment): string {
  record.requestId ??= newRequestId(request, environment)
  return record.requestId
}

function newRequestId(request: Request, environment: Environment): string {
  const ray = isFromCloudflare(request, environment) ? request.headers.get('cf-ray') : null
  return ray !== null && RAY.test(ray) ? ray : crypto.randomUUID()
}

/**
 * Cloudflare overwrites a client's `cf-ray` and sets `request.cf`; a self-hosted workerd sets none. The
 * development server sets `request.cf` too but passes the client's header on, so it is not trusted.
 */
function isFromCloudflare(request: Request, environment: Environment): boolean {
  return environment === 'production' && 'cf' in request && request.cf !== undefined
}
