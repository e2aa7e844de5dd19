/** The product with the benchmark's tools. */

import { createWorker } from '../../../src/worker.ts'
import { tasks } from '../tasks/tools.ts'
import { bench } from './tools.ts'

export default createWorker({ toolsets: [bench, tasks] })
