/**
 * The Worker with core and the examples, for `npm start`, measurements and tests. (A deployment is src/index.ts.)
 * The file is called like that one because wrangler's test harness looks for the output of wrangler.toml's `main`.
 */

import { toolsets } from '../../../src/with-examples.ts'
import { createWorker } from '../../../src/worker.ts'

export default createWorker(toolsets)
