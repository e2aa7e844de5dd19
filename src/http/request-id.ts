/** The name under which one request is found in the log: made only when somebody asks for it. */

import type { Context } from 'hono'

const ids = new WeakMap<Request, string>()

/** The platform's own id where there is one, so that its log and ours meet. */
const RAY = /^[0-9a-f]{16}(?:-[A-Z]{3})?$/

export function requestId(c: Context): string {
  return requestIdOf(c.req.raw)
}

export function requestIdOf(request: Request): string {
  const known = ids.get(request)
  if (known !== undefined) return known
  const ray = request.headers.get('cf-ray')
  const id = ray !== null && RAY.test(ray) ? ray : crypto.randomUUID()
  ids.set(request, id)
  return id
}
