/** The Worker of `npm start`: refuses requests that did not come through the local proxy, on any port. */

import type { ExecutionContext } from 'hono'
import worker from '../../../src/index.ts'
import { isSecret } from '../secret.ts'
import { PROXY_SECRET_HEADER } from './request.ts'

interface Environment extends Readonly<Record<string, unknown>> {
  readonly LOCAL_PROXY_SECRET: string
}

export default {
  fetch(request: Request, env: Environment, context: ExecutionContext): Response | Promise<Response> {
    if (isSecret(request.headers.get(PROXY_SECRET_HEADER) ?? '', env.LOCAL_PROXY_SECRET))
      return worker.fetch(request, env, context)
    return new Response('Use the port that `npm start` prints.\n', { status: 421 })
  },
}
