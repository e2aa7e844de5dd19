/** The product with the benchmark's tools. */

import { tasks } from '../../../src/examples/tasks/tools.ts'
import { createWorker } from '../../../src/worker.ts'
import { bench } from './tools.ts'

export default createWorker([bench, tasks])
