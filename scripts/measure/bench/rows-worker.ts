/** The product with the toolset `rows`, over the source that a run's `up` made. */

import type { Environment, Worker } from '../../../src/deployment.ts'
import type { DeclaredSource } from '../../../src/infra/config/sources.ts'
import { rows } from '../../../src/toolsets/rows/tools.ts'
import { createWorker } from '../../../src/worker.ts'

let worker: Worker | undefined

/** The lock is the run's own, so it comes as a setting and not with the bundle. */
function made({ BENCH_SOURCE }: Environment): Worker {
  const source: DeclaredSource = JSON.parse(String(BENCH_SOURCE))
  return createWorker({ toolsets: [rows], sources: [source] })
}

export default {
  fetch(request, env, context) {
    worker ??= made(env)
    return worker.fetch(request, env, context)
  },
} satisfies Worker
