/**
 * The Worker with core, the examples and the login, for `npm start`, benchmarks and tests. (A deployment's is
 * src/index.ts.) It has the same file name, because wrangler's test harness looks for the output of
 * wrangler.toml's `main`.
 */

import { createAuthorizationServer } from '../../../src/http/authorization-server/server.ts'
import { toolsets } from '../../../src/with-examples.ts'
import { createWorker } from '../../../src/worker.ts'

export default createWorker({ toolsets }, { authorizationServer: createAuthorizationServer })
