/**
 * The Worker of `npm start`: what a deployment serves, or core with the examples, and the login. It refuses
 * requests that did not come through the local proxy, on any port.
 */

import type { ExecutionContext } from 'hono'
import { createAuthorizationServer } from '../../../src/http/authorization-server/server.ts'
import { createWorker } from '../../../src/worker.ts'
import { isSecret } from '../secret.ts'
import withExamples from '../with-examples/index.ts'
import { PROXY_SECRET_HEADER } from './request.ts'

interface Environment extends Readonly<Record<string, unknown>> {
  readonly LOCAL_PROXY_SECRET: string
  /** Set if the examples are served too. */
  readonly LOCAL_EXAMPLES?: string
}

const deployed = createWorker(() => import('#served'), { authorizationServer: createAuthorizationServer })

export default {
  fetch(request: Request, env: Environment, context: ExecutionContext): Response | Promise<Response> {
    if (!isSecret(request.headers.get(PROXY_SECRET_HEADER) ?? '', env.LOCAL_PROXY_SECRET))
      return new Response('Use the port that `npm start` prints.\n', { status: 421 })
    const worker = env.LOCAL_EXAMPLES === undefined ? deployed : withExamples
    return worker.fetch(request, env, context)
  },
}
