/** The product with the tools of the database's cases. */

import { rows } from '../../../src/toolsets/rows/tools.ts'
import { sql } from '../../../src/toolsets/sql/tools.ts'
import { createWorker } from '../../../src/worker.ts'
import { tasks } from '../tasks/tools.ts'
import { TASKS_SOURCE } from './tasks-source.ts'

export default createWorker({ toolsets: [tasks, sql, rows], sources: [TASKS_SOURCE] })
