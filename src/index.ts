/** Entry point of a deployment: serves the toolsets that `rowgate.yaml` names, or core without it. */

import { createWorker } from './worker.ts'

// Imported lazily: their schemas and tables are more than half of the start-up time. perf: see
// docs/performance.md
export default createWorker(() => import('#served'))
