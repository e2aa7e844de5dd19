/** The product with the tools of the database's cases. */

import { toolsets } from '../../../src/toolsets/index.ts'
import { createWorker } from '../../../src/worker.ts'
import { tasks } from '../tasks/tools.ts'
import { TASKS_SOURCE } from './tasks-source.ts'

const core = toolsets.filter(({ name }) => name === 'sql' || name === 'rows')

export default createWorker({ toolsets: [tasks, ...core], sources: [TASKS_SOURCE] })
