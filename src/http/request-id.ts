/** The name under which one request is found in the log: made only when somebody asks for it. */

import type { Config } from '../infra/config/settings.ts'

/** Where a request's id is kept once it is made: a map of requests would cost each of them more than the id. */
interface Named {
  requestId: string | undefined
}

/** Cloudflare's own id of a request, so that its log and ours meet. */
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
 * Cloudflare replaces a client's `cf-ray` by its own, and gives the Worker `request.cf`; a workerd of one's own gives none. The
 * development server gives one too, and passes the client's header on.
 */
function isFromCloudflare(request: Request, environment: Environment): boolean {
  return environment === 'production' && 'cf' in request && request.cf !== undefined
}
