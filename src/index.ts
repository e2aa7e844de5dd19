/** The Worker that `wrangler deploy` ships: every toolset behind one URL. */

import { toolsets } from './toolsets/index.ts'
import { createWorker } from './worker.ts'

export default createWorker(toolsets)
