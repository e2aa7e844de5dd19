/**
 * The tests' Worker. It has the name of a deployment's, because wrangler's test harness looks for the output
 * of wrangler.toml's `main`.
 */

import { createWorker } from '../../../../src/worker.ts'
import { toolsets } from './toolsets.ts'

export default createWorker({ toolsets })
