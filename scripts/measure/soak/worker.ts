/** The soak's Worker: the product with the measurements' own toolset. */

import { createWorker } from '../../../src/worker.ts'
import { tasks } from '../tasks/tools.ts'

export default createWorker({ toolsets: [tasks] })
