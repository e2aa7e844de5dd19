/** The Worker that `wrangler deploy` ships: the toolsets that `rowgate.yaml` names, or all of them. */

import { createWorker } from './worker.ts'

// Their schemas and tables are more than half of a start-up's work: they are made when the first request comes.
export default createWorker(async () => (await import('#served')).toolsets)
